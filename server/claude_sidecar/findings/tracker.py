"""Ranges that follow their text while it is edited.

An edit costs time in proportion to the ranges it touches, whatever there is besides: the starts and
the ends of all ranges are each kept in order, and what edits add to the line numbers of everything
below them is noted once, for all from one place on, instead of at each of them. Only an edit that
adds or takes lines elsewhere than the last one did moves that place, past the ranges in between.
Edits move starts and ends so that neither order ever changes.

An edit inside a range makes it grow or shrink. One that covers an edge takes the edge along, so
that the new text is inside the range: what it is about has changed, and `apply` says so. Text that
is inserted right before or behind a range stays outside.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.text import Position, Range, end_of


@dataclass(frozen=True, slots=True)
class Edit:
    """`old_text`, which stands in `range`, is replaced by `new_text`; counted in code points."""

    range: Range
    old_text: str
    new_text: str

    @property
    def new_end(self) -> Position:
        """Where the new text ends."""
        return end_of(self.range.start, self.new_text)

    def inverse(self) -> Edit:
        """The edit that undoes this one."""
        return Edit(Range(self.range.start, self.new_end), self.new_text, self.old_text)


class Tracker:
    """The ranges of one document, by name."""

    def __init__(self, ranges: Mapping[str, Range]) -> None:
        self._names = sorted(ranges, key=lambda name: ranges[name].start)
        by_end = sorted(range(len(self._names)), key=lambda at: ranges[self._names[at]].end)
        self._starts = _Places(ranges[name].start for name in self._names)
        self._ends = _Places(ranges[self._names[at]].end for at in by_end)
        self._rank = {name: at for at, name in enumerate(self._names)}
        self._end_rank = [0] * len(by_end)
        for rank, at in enumerate(by_end):
            self._end_rank[at] = rank
        self._last_end = _Maxima(self._end_rank)

    def range(self, name: str) -> Range:
        """Where a range is now.

        Of one whose text was deleted only a place is left. Text inserted there is between its end
        and its start; it is then taken for the range, because it may have been put back.

        :raises KeyError: if there is none of that name.
        """
        rank = self._rank[name]
        start, end = self._starts[rank], self._ends[self._end_rank[rank]]
        return Range(start, end) if start <= end else Range(end, start)

    def ranges(self) -> dict[str, Range]:
        """All ranges."""
        return {name: self.range(name) for name in self._names}

    def touched_by(self, edit: Edit) -> list[str]:
        """The names of the ranges whose inside an edit would change."""
        after_start = self._ends.first_after(edit.range.start)
        return self._ending_from(after_start, self._starts.first_at(edit.range.end))

    def met_by(self, edit: Edit) -> list[str]:
        """Those that it touches, and those that end where it starts, or start where it ends."""
        at_start = self._ends.first_at(edit.range.start)
        return self._ending_from(at_start, self._starts.first_after(edit.range.end))

    def _ending_from(self, least: int, count: int) -> list[str]:
        return [self._names[rank] for rank in self._last_end.at_least(least, count)]

    def apply(self, edit: Edit) -> None:
        """Move everything as the edit moves the text."""
        start, end, new_end = edit.range.start, edit.range.end, edit.new_end
        inside = range(self._starts.first_after(start), self._starts.first_at(end))
        behind = self._starts.first_at(end)
        self._starts.shift(behind, end, new_end)
        for rank in inside:
            self._starts.put(rank, start)
        inside = range(self._ends.first_after(start), self._ends.first_at(end))
        behind = max(self._ends.first_at(end), self._ends.first_after(start))
        self._ends.shift(behind, end, new_end)
        for rank in inside:
            self._ends.put(rank, new_end)


class _Bisect(Protocol):
    """`bisect_left` or `bisect_right`."""

    def __call__(self, a: list[tuple[int, int]], x: tuple[int, int], lo: int, hi: int) -> int: ...


class _Places:
    """Positions in order, whose lines can be shifted from any rank on.

    Those from the rank `_cut` on are `_below` lines further down than it is noted for them.
    """

    def __init__(self, positions: Iterable[Position]) -> None:
        self._noted = [(position.line, position.character) for position in positions]
        self._cut = len(self._noted)
        self._below = 0

    def __getitem__(self, rank: int) -> Position:
        line, column = self._noted[rank]
        return Position(line + self._shift_of(rank), column)

    def first_at(self, position: Position) -> int:
        """The lowest rank that is at a position or behind it."""
        return self._search(bisect_left, position)

    def first_after(self, position: Position) -> int:
        """The lowest rank that is behind a position."""
        return self._search(bisect_right, position)

    def put(self, rank: int, position: Position) -> None:
        """Put one place elsewhere, between its neighbours."""
        self._noted[rank] = (position.line - self._shift_of(rank), position.character)

    def shift(self, first: int, end: Position, new_end: Position) -> None:
        """Move the places from a rank on as text moves that began at `end` and begins at `new_end`."""
        right = new_end.character - end.character
        for rank in range(first, len(self._noted)):
            line, column = self._noted[rank]
            if line + self._shift_of(rank) != end.line:
                break
            self._noted[rank] = (line, column + right)
        if new_end.line != end.line:
            self._cut_at(first)
            self._below += new_end.line - end.line

    def _shift_of(self, rank: int) -> int:
        return self._below if rank >= self._cut else 0

    def _cut_at(self, rank: int) -> None:
        first, last = sorted((rank, self._cut))
        by = self._below if rank > self._cut else -self._below
        self._noted[first:last] = [(line + by, column) for line, column in self._noted[first:last]]
        self._cut = rank

    def _search(self, bisect: _Bisect, position: Position) -> int:
        found = bisect(self._noted, (position.line, position.character), 0, self._cut)
        if found < self._cut:
            return found
        return bisect(
            self._noted,
            (position.line - self._below, position.character),
            self._cut,
            len(self._noted),
        )


class _Maxima:
    """Which of the first numbers of a list are at least so large, in time for each that is."""

    def __init__(self, numbers: list[int]) -> None:
        self._size = 1
        while self._size < len(numbers):
            self._size *= 2
        self._tree = [-1] * self._size + numbers + [-1] * (self._size - len(numbers))
        for node in range(self._size - 1, 0, -1):
            self._tree[node] = max(self._tree[2 * node], self._tree[2 * node + 1])

    def at_least(self, bound: int, count: int) -> list[int]:
        """The indices below `count` of numbers that are at least `bound`, in order."""
        found: list[int] = []
        waiting = [(1, 0, self._size)]
        while waiting:
            node, first, width = waiting.pop()
            if first >= count or self._tree[node] < bound:
                continue
            if width == 1:
                found.append(first)
            else:
                half = width // 2
                waiting.append((2 * node + 1, first + half, half))
                waiting.append((2 * node, first, half))
        return found
