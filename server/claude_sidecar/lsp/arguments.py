"""How a command's argument is read: each field by its own reader, all that is wrong told at once.

Fields that are null count as absent, except where a class says otherwise (`uri: null` means the
workspace).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import attrs
from lsprotocol import types

from claude_sidecar.debugging.debugger import DebugState, parse_debug_state
from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp.faults import WrongArguments

Reader: TypeAlias = Callable[[Any], Any]
T = TypeVar("T")

_READER = "reader"
_NULLABLE = "nullable"


class Wrong(Exception):
    """A value is not what the field takes; the message says what that is."""


def optional(reader: Reader, default: Any = None, *, nullable: bool = False) -> Any:
    """A field that may be absent. `nullable`: null is a value of its own."""
    return attrs.field(default=default, metadata={_READER: reader, _NULLABLE: nullable})


def required(reader: Reader) -> Any:
    """A field that must be given."""
    return attrs.field(metadata={_READER: reader, _NULLABLE: False})


def read(cls: type[T], command: str, arguments: Sequence[Any] | None) -> T:
    """The one object of a command as the attrs class that describes it.

    :raises WrongArguments: naming every field that is unknown, missing or of the wrong kind.
    """
    if arguments is not None and len(arguments) > 1:
        raise WrongArguments(f"{command} takes one object, not {len(arguments)} arguments.", ())
    raw: Any = arguments[0] if arguments else None
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise WrongArguments(f"{command} takes an object, not {raw!r:.80}.", ())
    given = cast(Mapping[str, Any], raw)
    fields = {_wire_name(each.name): each for each in attrs.fields(cast(Any, cls))}
    problems = {name: _unknown(fields) for name in given if name not in fields}
    values: dict[str, Any] = {}
    for name, each in fields.items():
        value = given.get(name)
        if value is None and not (name in given and each.metadata[_NULLABLE]):
            if each.default is attrs.NOTHING:
                problems[name] = "is required"
            continue
        try:
            values[each.name] = None if value is None else each.metadata[_READER](value)
        except Wrong as wrong:
            problems[name] = str(wrong)
    if problems:
        told = "; ".join(f"`{name}` {problem}" for name, problem in problems.items())
        raise WrongArguments(f"{command}: {told}.", tuple(problems))
    return cls(**values)


def text(value: Any) -> str:
    """Any string."""
    if not isinstance(value, str):
        raise Wrong("must be a string")
    return value


def words(value: Any) -> str:
    """A string with something in it."""
    if not text(value).strip():
        raise Wrong("must not be empty")
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Wrong("must be true or false")
    return value


def count(low: int, high: int) -> Reader:
    """A whole number between the two, both included."""

    def reader(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Wrong(f"must be a whole number from {low} to {high}")
        return value

    return reader


def choice(allowed: Sequence[str]) -> Reader:
    """One of the given words."""

    def reader(value: Any) -> str:
        if value not in allowed:
            raise Wrong("must be one of " + ", ".join(f'"{word}"' for word in allowed))
        return value

    return reader


def several(reader: Reader, what: str) -> Reader:
    """A list, each item as `reader` takes it; `what` names the items."""

    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Wrong(f"must be a list of {what}")
        items: list[Any] = []
        for number, item in enumerate(cast(list[Any], value)):
            try:
                items.append(reader(item))
            except Wrong as wrong:
                raise Wrong(f"must be a list of {what}; item {number} {wrong}") from None
        return tuple(items)

    return read_all


def range_(value: Any) -> types.Range:
    """An LSP range that does not end before it starts."""
    start, end = _position(value, "start"), _position(value, "end")
    if (end.line, end.character) < (start.line, start.character):
        raise Wrong("must not end before it starts")
    return types.Range(start, end)


def diagnostic(value: Any) -> types.Diagnostic:
    """An LSP diagnostic, of which only what is told to Claude is kept."""
    if not isinstance(value, Mapping):
        raise Wrong("must be a diagnostic: an object with `range` and `message`")
    given = cast(Mapping[str, Any], value)
    severity, code, source = given.get("severity"), given.get("code"), given.get("source")
    if severity is not None and severity not in (1, 2, 3, 4):
        raise Wrong("has a `severity` that is not 1, 2, 3 or 4")
    try:
        return types.Diagnostic(
            range=range_(given.get("range")),
            message=text(given.get("message")),
            severity=None if severity is None else types.DiagnosticSeverity(severity),
            code=code if isinstance(code, str | int) else None,
            source=source if isinstance(source, str) else None,
        )
    except Wrong as wrong:
        raise Wrong(f"has a `range` or `message` that {wrong}") from None


def debug_state(value: Any) -> DebugState:
    """Where a debugger has stopped."""
    try:
        return parse_debug_state(value)
    except InvalidRequest as error:
        raise Wrong(f"is not as it should be: {error}") from None


def _position(value: Any, end: str) -> types.Position:
    position: Any = cast(Mapping[str, Any], value).get(end) if isinstance(value, Mapping) else None
    if isinstance(position, Mapping):
        pair = cast(Mapping[str, Any], position)
        line, character = pair.get("line"), pair.get("character")
        if _is_index(line) and _is_index(character):
            return types.Position(cast(int, line), cast(int, character))
    raise Wrong(
        "must be a range: {start: {line, character}, end: {line, character}}, counted from 0"
    )


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _unknown(fields: Mapping[str, Any]) -> str:
    if not fields:
        return "is unknown (it takes no fields)"
    return f"is unknown (there is: {', '.join(fields)})"


def _wire_name(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.title() for part in rest)
