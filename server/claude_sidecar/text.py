r"""Positions in text, and the three ways LSP counts them.

Inside the sidecar a position is a line and a column in Unicode code points, both from 0: that is
how Python indexes a string. On the wire a column counts UTF-8, UTF-16 or UTF-32 code units, as
negotiated with the client; only `column_to_units` and `units_to_column` know the difference.
Lines end as LSP says they do, at `\n`, `\r\n` or `\r`, and nowhere else (`str.splitlines`
splits at eight further characters).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

PositionEncoding: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: `line` and `character`, from 0, in code points."""

    line: int
    character: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """From `start` up to, not including, `end`."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace what is in `range` by `new_text`."""

    range: Range
    new_text: str


class LineIndex:
    """Where each line of a text begins, so that offsets and positions convert in O(log lines)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        """The number of lines; a text that ends with a line end has an empty last line."""
        return len(self._starts)

    def lines_with_ends(self) -> list[str]:
        """All lines, each with its line end; together they are the text."""
        return [self._with_end(number) for number in range(len(self._starts))]

    def line(self, number: int) -> str:
        """Line `number` (from 0) without its line end; empty when there is no such line."""
        if not 0 <= number < len(self._starts):
            return ""
        return self._with_end(number).rstrip("\r\n")

    def position(self, offset: int) -> Position:
        """The position of a code point offset; one outside the text is moved to its nearest end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return Position(line, offset - self._starts[line])

    def offset(self, position: Position) -> int:
        """The code point offset of a position; one past its line's end means that end."""
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self.text)
        return self._starts[position.line] + min(
            max(position.character, 0), len(self.line(position.line))
        )

    def range_between(self, start: int, end: int) -> Range:
        """The range between two code point offsets."""
        return Range(self.position(start), self.position(end))

    def slice(self, range_: Range) -> str:
        """The text inside a range."""
        return self.text[self.offset(range_.start) : self.offset(range_.end)]

    def lines_around(self, range_: Range, context: int) -> tuple[int, list[str]]:
        """The lines of a range and `context` more on each side: first line's number, lines."""
        first = max(0, range_.start.line - context)
        last = min(len(self) - 1, range_.end.line + context)
        return first, [self.line(number) for number in range(first, last + 1)]

    def _with_end(self, number: int) -> str:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end]


def end_of(start: Position, text: str) -> Position:
    """Where a text ends that begins at `start`."""
    lines = _LINE_END.split(text)
    if len(lines) == 1:
        return Position(start.line, start.character + len(text))
    return Position(start.line + len(lines) - 1, len(lines[-1]))


def apply_text_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """A text with edits made that do not overlap, all counted in the text as given."""
    index = LineIndex(text)
    spans = [(index.offset(e.range.start), index.offset(e.range.end), e.new_text) for e in edits]
    for start, end, new_text in sorted(spans, key=lambda span: span[:2], reverse=True):
        text = text[:start] + new_text + text[end:]
    return text


def minimal_edit(index: LineIndex, range_: Range, new_text: str) -> TextEdit:
    """The smallest edit that makes `new_text` of what is in a range: common ends are left alone."""
    start, end = index.offset(range_.start), index.offset(range_.end)
    old = index.text[start:end]
    head = 0
    while head < min(len(old), len(new_text)) and old[head] == new_text[head]:
        head += 1
    tail = 0
    room = min(len(old), len(new_text)) - head
    while tail < room and old[-1 - tail] == new_text[-1 - tail]:
        tail += 1
    # An edit must not begin or end between the two characters of a line end.
    if old[head - 1 : head] == "\r":
        head -= 1
    if tail and old[len(old) - tail] == "\n" and old[len(old) - tail - 1 :][:1] == "\r":
        tail -= 1
    range_ = index.range_between(start + head, end - tail)
    return TextEdit(range_, new_text[head : len(new_text) - tail])


def with_line_ends_of(text: str, new_text: str) -> str:
    """`new_text` with the line ends that `text` has, by its first one."""
    first = _LINE_END.search(text)
    return _LINE_END.sub(first[0], new_text) if first else new_text


def column_to_units(line: str, column: int, encoding: PositionEncoding) -> int:
    """How many code units of `encoding` the first `column` characters of `line` take."""
    head = line[:column]
    if encoding == "utf-32" or head.isascii():
        return len(head)
    if encoding == "utf-8":
        return len(head.encode("utf-8", "surrogatepass"))
    return len(head) + sum(1 for character in head if ord(character) > 0xFFFF)


def units_to_column(line: str, units: int, encoding: PositionEncoding) -> int:
    """How many characters of `line` lie before code unit `units` of `encoding`.

    A unit in the middle of a character means that character's start; one past the end, the end.
    """
    if encoding == "utf-32" or line.isascii():
        return min(max(units, 0), len(line))
    taken = 0
    for column, character in enumerate(line):
        width = _width(character, encoding)
        if taken + width > units:
            return column
        taken += width
    return len(line)


def _width(character: str, encoding: PositionEncoding) -> int:
    code = ord(character)
    if encoding == "utf-16":
        return 2 if code > 0xFFFF else 1
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code <= 0xFFFF else 4
