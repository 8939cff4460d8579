"""How a text is read for failures: once, from front to back, in time linear in its length.

Each format names literal words that stand in every failure of its kind. They are looked for with
`str.find`, so that a log of many megabytes without a traceback costs next to nothing. Where one is
found the format reads lines from there on, never back over lines that were read, and only so many
above. A line is cut at `LINE_LIMIT` before any pattern sees it, so that no pattern takes long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from claude_sidecar.debugging.model import Failure, Frame

LINE_LIMIT: Final = 1_000
"""Characters of a line that are looked at."""
FRAMES_KEPT: Final = 120
"""Of a deeper stack, half are the innermost and half the outermost."""
FAILURES_KEPT: Final = 200
"""Of one format; what comes after half of them drops out when there are more."""
MESSAGE_LIMIT: Final = 4_000
ABOVE_LIMIT: Final = 40
"""Lines above the word that a format looks back for the beginning."""

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\-_])"
)
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


@dataclass(frozen=True, slots=True)
class Format:
    """How the failures of one language or tool are read.

    :param words: in every failure stands one of these.
    :param read: from a line that has one of them: the failures that stand there (a report can tell
        of several), and how far they go by where the reader is left. Nothing where it is none.
    """

    name: str
    words: tuple[str, ...]
    read: Callable[[Reader], Sequence[Failure]]


def read_all(text: str, formats: Sequence[Format]) -> tuple[Failure, ...]:
    """All failures in a text, in their order. What one format has taken, later ones leave alone."""
    taken: list[tuple[int, int]] = []
    found: list[Failure] = []
    for each in formats:
        kept = _Kept()
        regions = list(taken)
        for report in _of_format(text, each, taken):
            regions.append((report.start, report.end))
            for failure in report.failures:
                kept.add(failure)
        taken = _merged(regions)
        found.extend(kept.failures())
    return tuple(sorted(found, key=lambda failure: (failure.start, failure.end)))


def without_escapes(text: str) -> str:
    """A text without what colours it on a terminal, and with plain line ends."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text


def limited(frames: Sequence[Frame]) -> tuple[tuple[Frame, ...], int]:
    """As many frames as are kept, and how many are not."""
    if len(frames) <= FRAMES_KEPT:
        return tuple(frames), 0
    half = FRAMES_KEPT // 2
    return (*frames[:half], *frames[-half:]), len(frames) - 2 * half


def message_of(lines: Sequence[str]) -> str:
    """A message of several lines, no longer than messages are."""
    return "\n".join(lines).strip()[:MESSAGE_LIMIT]


def _of_format(text: str, form: Format, taken: Sequence[tuple[int, int]]) -> Iterator[_Report]:
    places = _Places(text, form.words)
    regions = iter(taken)
    region = next(regions, None)
    floor = position = 0
    while (at := places.next(position)) is not None:
        while region is not None and region[1] <= at:
            floor = max(floor, region[1])
            region = next(regions, None)
        if region is not None and region[0] <= at:
            position = region[1]
            continue
        reader = Reader(text, at, floor)
        failures = form.read(reader)
        position = max(reader.position, _next_line(text, at))
        if failures:
            floor = position
            placed = [
                replace(each, start=each.start or reader.start, end=each.end or position)
                for each in failures
            ]
            yield _Report(reader.start, position, placed)


@dataclass(frozen=True, slots=True)
class _Report:
    """What was read in one piece."""

    start: int
    end: int
    failures: Sequence[Failure]


class _Places:
    """Where the next of several words stands; each is looked for once over the whole text."""

    def __init__(self, text: str, words: Sequence[str]) -> None:
        self._text = text
        self._next = {word: self._first(word) for word in words}

    def next(self, position: int) -> int | None:
        found: int | None = None
        for word, at in self._next.items():
            if 0 <= at < position:
                at = self._next[word] = self._text.find(word, position)  # noqa: PLW2901
            if at >= 0 and (found is None or at < found):
                found = at
        if found is not None and self._text.startswith("\n", found):
            return found + 1  # a word that begins its line
        return found

    def _first(self, word: str) -> int:
        if word.startswith("\n") and self._text.startswith(word[1:]):
            return 0
        return self._text.find(word)


class _Kept:
    """What was found, each but once; of very many, the first and the last."""

    def __init__(self) -> None:
        self._by_words: dict[Failure, Failure] = {}

    def add(self, failure: Failure) -> None:
        words = replace(failure, start=0, end=0)
        before = self._by_words.pop(words, None)
        if before is not None:
            failure = replace(failure, times=before.times + 1)
        self._by_words[words] = failure
        if len(self._by_words) > FAILURES_KEPT:
            middle = list(self._by_words)[FAILURES_KEPT // 2]
            del self._by_words[middle]

    def failures(self) -> list[Failure]:
        return list(self._by_words.values())


def _merged(regions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(regions):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _next_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
