"""How a text is read for failures: once, from front to back, in time linear in its length.

Each format names literal words that stand in every failure of its kind. They are looked for with
`str.find`, so that a log of many megabytes without a traceback costs next to nothing. Where one is
found the format reads lines from there on, never back over lines that were read, and only so many
above. A line is cut at `lines.LINE_LIMIT` before any pattern sees it, so that no pattern takes long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from claude_sidecar.debugging.lines import Reader
from claude_sidecar.debugging.model import Failure, Frame

FRAMES_KEPT: Final = 120
"""Of a deeper stack, half are the innermost and half the outermost."""
FAILURES_KEPT: Final = 200
"""Of one format; what comes after half of them drops out when there are more."""
MESSAGE_LIMIT: Final = 4_000

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\-_])"
)


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
