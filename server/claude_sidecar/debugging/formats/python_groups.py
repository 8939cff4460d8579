"""Python's exception groups: told in a gutter of bars, each level of members two columns further in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from claude_sidecar.debugging.lines import Given, Lines
from claude_sidecar.debugging.model import Failure, Related

HEAD: Final = "+ Exception Group Traceback"
GUTTER: Final = re.compile(r"( +)[|+]")
_PART = re.compile(r" *\+(?:-\+)?-+ (?:\d+|\.\.\.) -+$")
_GROUP_END = re.compile(r" *\+-+$")
_DEPTH_LIMIT = 12
_GROUP_LINES = 4_000

ReadChain: TypeAlias = Callable[[Lines], Failure | None]
"""Reads a traceback with those that are chained to it."""


@dataclass(slots=True)
class _Part:
    """One exception of a group: its own lines, and those of its members."""

    lines: list[str] = field(default_factory=list[str])
    members: list[_Part] = field(default_factory=list["_Part"])


def read_group(lines: Lines, read_chain: ReadChain) -> Failure | None:
    """A group with its members."""
    top = _Part()
    open_parts = [((lines.line or "").index("+"), top)]
    for _ in range(_GROUP_LINES):
        line = lines.line
        if line is None or not (gutter := GUTTER.match(line)):
            break
        _sort_line(open_parts, line, len(gutter[1]))
        lines.advance()
    return _of_part(top, 0, read_chain)


def _sort_line(open_parts: list[tuple[int, _Part]], line: str, column: int) -> None:
    """Give a line to the part that it belongs to; a separator opens one, or closes all."""
    if _PART.match(line):
        inner = column + 2 if "+-+" in line else column
        while len(open_parts) > 1 and open_parts[-1][0] >= inner:
            open_parts.pop()
        if len(open_parts) <= _DEPTH_LIMIT:
            member = _Part()
            open_parts[-1][1].members.append(member)
            open_parts.append((inner, member))
        return
    if _GROUP_END.match(line):
        while len(open_parts) > 1 and open_parts[-1][0] >= column:
            open_parts.pop()
        return
    while len(open_parts) > 1 and open_parts[-1][0] > column:
        open_parts.pop()
    open_parts[-1][1].lines.append(line[column + 2 :])


def _of_part(part: _Part, depth: int, read_chain: ReadChain) -> Failure | None:
    lines = Given([line.removeprefix("Exception Group ") for line in part.lines])
    failure = read_chain(lines)
    if failure is None or depth > _DEPTH_LIMIT:
        return failure
    members = [_of_part(each, depth + 1, read_chain) for each in part.members]
    inside = tuple(Related("in group", each) for each in members if each is not None)
    return replace(failure, related=(*failure.related, *inside))
