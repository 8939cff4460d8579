"""Where a debugger has stopped, as an editor tells it: read with care, and put into words.

The shape is the one of the protocol's `debugState`. What is too long is cut and said to be cut: a
variable can hold a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from claude_sidecar.debugging.model import Frame, Variable
from claude_sidecar.errors import InvalidRequest

FRAMES = 50
VARIABLES = 60
THREADS = 50
BREAKPOINTS = 100
_VALUE = 500
_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class DebugState:
    """A program that a debugger has stopped.

    :param reason: why, in the debugger's words: `breakpoint`, `exception`, `step`.
    :param exception: its type and message.
    :param threads: the names of the program's threads.
    :param frames: the innermost first.
    :param breakpoints: places in the form `file:line`.
    :param left_out: what was too much, in words.
    """

    frames: tuple[Frame, ...]
    reason: str | None = None
    exception: tuple[str, str] | None = None
    threads: tuple[str, ...] = ()
    breakpoints: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def parse_debug_state(raw: object, *, field: str = "debugState") -> DebugState:
    """Read a `debugState`; what it has beside the fields of the protocol is passed over.

    :raises InvalidRequest: naming what is wrong.
    """
    state = _object(raw, field)
    cut: list[str] = []
    frames = [
        _frame(each, at, cut)
        for each, at in _items(state, "frames", field, FRAMES, cut, required=True)
    ]
    threads = [
        str(_object(each, at).get("name") or _object(each, at).get("id") or "?")[:_VALUE]
        for each, at in _items(state, "threads", field, THREADS, cut)
    ]
    exception = state.get("exception")
    told = None if exception is None else _object(exception, f"{field}.exception")
    return DebugState(
        tuple(frames),
        reason=_text(state, "reason", field),
        exception=None
        if told is None
        else (
            _text(told, "type", f"{field}.exception") or "",
            _text(told, "message", f"{field}.exception") or "",
        ),
        threads=tuple(threads),
        breakpoints=tuple(_breakpoints(state, field, cut)),
        left_out=tuple(cut),
    )


def described(state: DebugState) -> str:
    """The state in words, one line a frame and a variable."""
    lines = [f"Stopped: {state.reason}"] if state.reason else []
    if state.exception is not None:
        lines.append(": ".join(part for part in ("Exception", *state.exception) if part))
    if len(state.threads) > 1:
        lines.append(f"Threads: {', '.join(state.threads)}")
    for number, frame in enumerate(state.frames):
        place = ":".join(str(part) for part in (frame.file, frame.line) if part is not None)
        lines.append(f"#{number} {frame.function or '?'}{f' ({place})' if place else ''}")
        for each in frame.variables:
            kind = f": {each.type}" if each.type else ""
            lines.append(f"    {each.name}{kind} = {each.value}")
    if state.breakpoints:
        lines.append(f"Breakpoints: {', '.join(state.breakpoints)}")
    lines += [f"({each})" for each in state.left_out]
    return "\n".join(lines) or "Nothing is being debugged."


def _frame(raw: object, at: str, cut: list[str]) -> Frame:
    given = _object(raw, at)
    return Frame(
        _text(given, "name", at),
        _text(given, "uri", at),
        _number(given, "line", at),
        _number(given, "column", at),
        variables=tuple(
            _variable(each, where) for each, where in _items(given, "variables", at, VARIABLES, cut)
        ),
    )


def _variable(raw: object, at: str) -> Variable:
    given = _object(raw, at)
    name, value = _text(given, "name", at), _text(given, "value", at)
    if name is None or value is None:
        raise InvalidRequest(f"`{at}` needs a `name` and a `value`.", field=at)
    if len(value) > _VALUE:
        value = f"{value[:_VALUE]}… ({len(value)} characters)"
    return Variable(name[:_VALUE], value, _text(given, "type", at))


def _breakpoints(state: Mapping[str, Any], field: str, cut: list[str]) -> Iterator[str]:
    for each, at in _items(state, "breakpoints", field, BREAKPOINTS, cut):
        given = _object(each, at)
        place = [_text(given, "uri", at), _number(given, "line", at)]
        yield ":".join(str(part) for part in place if part is not None)


def _items(
    holder: Mapping[str, Any],
    name: str,
    at: str,
    limit: int,
    cut: list[str],
    *,
    required: bool = False,
) -> list[tuple[object, str]]:
    value = holder.get(name)
    where = f"{at}.{name}"
    if value is None and not required:
        return []
    if not isinstance(value, list):
        raise InvalidRequest(f"`{where}` must be a list.", field=where)
    items = cast("list[object]", value)
    if len(items) > limit:
        cut.append(f"{len(items) - limit} more {name} are left out")
    return [(each, f"{where}[{number}]") for number, each in enumerate(items[:limit])]


def _object(raw: object, at: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise InvalidRequest(f"`{at}` must be an object.", field=at)
    return cast("Mapping[str, Any]", raw)


def _text(holder: Mapping[str, Any], name: str, at: str) -> str | None:
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest(f"`{at}.{name}` must be a string.", field=f"{at}.{name}")
    return value if value is None or name == "value" else value[:_WORDS]


def _number(holder: Mapping[str, Any], name: str, at: str) -> int | None:
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        where = f"{at}.{name}"
        raise InvalidRequest(f"`{where}` must be a whole number from 0.", field=where)
    return value
