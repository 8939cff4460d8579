"""Lines of a text, found as they are asked for: forward from a place, and a few of those above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

LINE_LIMIT: Final = 1_000
"""Characters of a line that are looked at."""
ABOVE_LIMIT: Final = 40
"""Lines above a place that are looked back at."""

# What programs that gather output put before each line: `web-1  | `, a time in ISO 8601.
_GATHERED = re.compile(
    r"(?:[A-Za-z][\w.-]{0,60} {0,40}\| |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) )"
)


class Lines(Protocol):
    """Lines that are read one after the other: of a text, or of a part that was taken out of it."""

    @property
    def line(self) -> str | None:
        """The line here; None at the end."""
        ...

    def advance(self) -> str | None:
        """Go to the next line, and give it."""
        ...

    def take(self) -> str | None:
        """Give the line here, and go to the next."""
        ...

    def peek(self, count: int = 1) -> str | None:
        """A line further on, without going there."""
        ...


class Given:
    """Implements :class:`Lines` for lines at hand."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0

    @property
    def line(self) -> str | None:
        """The line here; None at the end."""
        return self.peek(0)

    def advance(self) -> str | None:
        """Go to the next line, and give it."""
        self._at += 1
        return self.line

    def take(self) -> str | None:
        """Give the line here, and go to the next."""
        line = self.line
        self._at += 1
        return line

    def peek(self, count: int = 1) -> str | None:
        """A line further on."""
        at = self._at + count
        return self._lines[at] if at < len(self._lines) else None


class Reader:
    """Implements :class:`Lines`: a place in a text, and the lines above it.

    :param floor: what lies before it was read already.
    """

    def __init__(self, text: str, start: int, floor: int = 0) -> None:
        self.text = text
        self._floor = floor
        self.start = self._line_start(start)
        self.position = self.start
        self._line: str | None = None

    @property
    def line(self) -> str | None:
        """The line here, without its end and what a log collector put before it; None at the end."""
        if self._line is None and self.position < len(self.text):
            self._line = self._read(self.position)
        return self._line

    def advance(self) -> str | None:
        """Go to the next line, and give it."""
        end = self.text.find("\n", self.position)
        self.position = len(self.text) if end < 0 else end + 1
        self._line = None
        return self.line

    def take(self) -> str | None:
        """Give the line here, and go to the next."""
        line = self.line
        self.advance()
        return line

    def peek(self, count: int = 1) -> str | None:
        """A line further on, without going there; for a handful of lines."""
        position = self.position
        for _ in range(count):
            end = self.text.find("\n", position)
            if end < 0 or end + 1 >= len(self.text):
                return None
            position = end + 1
        return self._read(position)

    def above(self, limit: int = ABOVE_LIMIT) -> Iterator[tuple[int, str]]:
        """The lines above `start`, the nearest first, each with where it begins."""
        position = self.start
        for _ in range(limit):
            if position <= self._floor:
                return
            position = self._line_start(position - 1)
            yield position, self._read(position)

    def begin_at(self, position: int) -> None:
        """The failure begins further up than the word that was found."""
        self.start = min(self.start, position)

    def rewind(self, position: int) -> None:
        """Read from a line above on."""
        self.begin_at(position)
        self.position = position
        self._line = None

    def _line_start(self, position: int) -> int:
        return max(self.text.rfind("\n", self._floor, position) + 1, self._floor)

    def _read(self, position: int) -> str:
        end = self.text.find("\n", position, position + LINE_LIMIT)
        if end < 0:
            end = min(len(self.text), position + LINE_LIMIT)
        line = self.text[position:end].rstrip("\r")
        gathered = _GATHERED.match(line)
        while gathered and gathered.end():
            line = line[gathered.end() :]
            gathered = _GATHERED.match(line)
        return line


@dataclass(slots=True)
class Shifted:
    """Implements :class:`Lines`: those of a reader, without a column of their own before each.

    :param width: of the column, in characters.
    """

    reader: Reader
    width: int

    @property
    def line(self) -> str | None:
        """The line here; None at the end."""
        line = self.reader.line
        return None if line is None else line[self.width :]

    def advance(self) -> str | None:
        """Go to the next line, and give it."""
        self.reader.advance()
        return self.line

    def take(self) -> str | None:
        """Give the line here, and go to the next."""
        line = self.line
        self.reader.advance()
        return line

    def peek(self, count: int = 1) -> str | None:
        """A line further on, without going there."""
        line = self.reader.peek(count)
        return None if line is None else line[self.width :]
