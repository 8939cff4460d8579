"""Ranges that follow their text while it is edited.

An edit costs time in proportion to the ranges it touches, and to the logarithm of all others: the
starts and the ends of all ranges are each kept in order, and what an edit adds to the line numbers
of everything below it is noted once, in a Fenwick tree, instead of at each of them. Edits move
starts and ends so that neither order ever changes.

An edit inside a range makes it grow or shrink. One that covers an edge takes the edge along, so
that the new text is inside the range: what it is about has changed, and `apply` says so. Text that
is inserted right before or behind a range stays outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

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
        start, end = edit.range.start, edit.range.end
        before_end = self._starts.first_at(end)
        after_start = self._ends.first_after(start)
        return [self._names[rank] for rank in self._last_end.at_least(after_start, before_end)]

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


class _Places:
    """Positions in order, whose lines can be shifted from any rank on in logarithmic time."""

    def __init__(self, positions: Iterable[Position]) -> None:
        ordered = list(positions)
        self._lines = [position.line for position in ordered]
        self._columns = [position.character for position in ordered]
        self._shifts = [0] * (len(ordered) + 1)  # a Fenwick tree of differences

    def __getitem__(self, rank: int) -> Position:
        return Position(self._lines[rank] + self._shift_of(rank), self._columns[rank])

    def first_at(self, position: Position) -> int:
        """The lowest rank that is at a position or behind it."""
        return self._bisect(lambda place: place < position)

    def first_after(self, position: Position) -> int:
        """The lowest rank that is behind a position."""
        return self._bisect(lambda place: place <= position)

    def put(self, rank: int, position: Position) -> None:
        """Put one place elsewhere, between its neighbours."""
        self._lines[rank] = position.line - self._shift_of(rank)
        self._columns[rank] = position.character

    def shift(self, first: int, end: Position, new_end: Position) -> None:
        """Move the places from a rank on as text moves that began at `end` and begins at `new_end`."""
        for rank in range(first, len(self._lines)):
            place = self[rank]
            if place.line != end.line:
                break
            self._columns[rank] += new_end.character - end.character
        by = new_end.line - end.line
        if by:
            at = first + 1
            while at < len(self._shifts):
                self._shifts[at] += by
                at += at & -at

    def _shift_of(self, rank: int) -> int:
        total, at = 0, rank + 1
        while at:
            total += self._shifts[at]
            at &= at - 1
        return total

    def _bisect(self, is_before: Callable[[Position], bool]) -> int:
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            if is_before(self[middle]):
                low = middle + 1
            else:
                high = middle
        return low


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
