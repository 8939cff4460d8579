"""Where a debugger has stopped, as an editor tells it: read with care, and put into words.

The shape is the one of the protocol's `debugState`. What is too long is cut and said to be cut: a
variable can hold a gigabyte. What its name calls a secret is not told at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from claude_sidecar.debugging.model import Failure, Frame, Variable
from claude_sidecar.debugging.secrets import looks_secret, told, without_secrets
from claude_sidecar.errors import InvalidRequest

FRAMES = 50
VARIABLES = 60
THREADS = 50
BREAKPOINTS = 100
DEPTH = 4
"""How far inside of variables is looked; `VARIABLES` of a frame count over all levels."""
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
    thrown = None if exception is None else _object(exception, f"{field}.exception")
    return DebugState(
        tuple(frames),
        reason=_text(state, "reason", field),
        exception=None
        if thrown is None
        else (
            _text(thrown, "type", f"{field}.exception") or "",
            without_secrets(_text(thrown, "message", f"{field}.exception") or ""),
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


def as_failure(state: DebugState) -> Failure:
    """A program that has stopped, as one that died: its frames are looked up and shown alike."""
    type_, message = state.exception or (None, "")
    stopped = f"stopped: {state.reason}" if state.reason else "stopped in the debugger"
    return Failure("debugger", "exception", type_ or None, message or stopped, state.frames)


def _frame(raw: object, at: str, cut: list[str]) -> Frame:
    given = _object(raw, at)
    variables: list[Variable] = []
    _gather(given, at, variables, cut)
    for scope, where in _items(given, "scopes", at, VARIABLES, cut):
        _gather(_object(scope, where), where, variables, cut)
    return Frame(
        _text(given, "name", at),
        _text(given, "uri", at),
        _number(given, "line", at),
        _number(given, "column", at),
        variables=tuple(variables),
    )


def _gather(
    holder: Mapping[str, Any],
    at: str,
    variables: list[Variable],
    cut: list[str],
    *,
    prefix: str = "",
    depth: int = 1,
) -> None:
    """The variables of a frame, a scope or a variable: what is inside one is called `name.inner`."""
    for each, where in _items(holder, "variables", at, VARIABLES, cut):
        if len(variables) >= VARIABLES:
            cut.append(f"more variables of {at} are left out")
            return
        given = _object(each, where)
        variable = _variable(given, where)
        variables.append(told(Variable(f"{prefix}{variable.name}", variable.value, variable.type)))
        if depth < DEPTH and not looks_secret(variable.name):
            inner = f"{prefix}{variable.name}."
            _gather(given, where, variables, cut, prefix=inner, depth=depth + 1)


def _variable(given: Mapping[str, Any], at: str) -> Variable:
    name, value = _text(given, "name", at), _text(given, "value", at)
    if name is None or value is None:
        raise InvalidRequest(f"`{at}` needs a `name` and a `value`.", field=at)
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
