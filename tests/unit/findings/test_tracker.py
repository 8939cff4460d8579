"""Ranges follow their text: as fast as promised, and exactly as the plain computation says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.findings.tracker import Edit, Tracker
from claude_sidecar.text import LineIndex, Position, Range

TEXT = st.text(st.sampled_from("ab\n"), max_size=40)
INSERTS = st.text(st.sampled_from("xy\n"), max_size=6)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[str, dict[str, tuple[int, int]], list[tuple[int, int, str]]]:
    """A text, ranges in it by offsets, and edits by offsets, each in the text of its time."""
    text = draw(TEXT)
    ranges: dict[str, tuple[int, int]] = {}
    for number in range(draw(st.integers(0, 6)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        ranges[str(number)] = (start, draw(st.integers(start + 1, len(text))))
    edits: list[tuple[int, int, str]] = []
    now = text
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(now)))
        end = draw(st.integers(start, len(now)))
        new = draw(INSERTS)
        edits.append((start, end, new))
        now = now[:start] + new + now[end:]
    return text, ranges, edits


def plainly(span: tuple[int, int], edit: tuple[int, int, str]) -> tuple[int, int]:
    """Where a range is after an edit, by offsets."""
    start, end = span
    first, last, new = edit
    behind = first + len(new)
    start = (
        start
        if start <= first and start < last
        else (first if first < start < last else start + behind - last if start >= last else start)
    )
    end = end if end <= first else behind if end < last else end + behind - last
    return start, end


def as_edit(text: str, edit: tuple[int, int, str]) -> Edit:
    first, last, new = edit
    return Edit(LineIndex(text).range_between(first, last), text[first:last], new)


@given(scenes())
def test_ranges_are_where_the_plain_computation_puts_them(
    scene: tuple[str, dict[str, tuple[int, int]], list[tuple[int, int, str]]],
) -> None:
    text, spans, edits = scene
    index = LineIndex(text)
    tracker = Tracker({name: index.range_between(*span) for name, span in spans.items()})
    for edit in edits:
        touched = tracker.touched_by(as_edit(text, edit))
        assert sorted(touched) == sorted(
            name for name, (start, end) in spans.items() if start < edit[1] and edit[0] < end
        )
        tracker.apply(as_edit(text, edit))
        text = text[: edit[0]] + edit[2] + text[edit[1] :]
        index = LineIndex(text)
        spans = {name: plainly(span, edit) for name, span in spans.items()}
        assert tracker.ranges() == {
            name: index.range_between(*sorted(span)) for name, span in spans.items()
        }


@given(scenes())
def test_undoing_all_edits_puts_all_ranges_back(
    scene: tuple[str, dict[str, tuple[int, int]], list[tuple[int, int, str]]],
) -> None:
    text, spans, edits = scene
    index = LineIndex(text)
    before = {name: index.range_between(*span) for name, span in spans.items()}
    tracker = Tracker(before)
    done: list[tuple[Edit, dict[str, Range]]] = []
    for each in edits:
        edit = as_edit(text, each)
        done.append((edit, {name: tracker.range(name) for name in tracker.touched_by(edit)}))
        tracker.apply(edit)
        text = text[: each[0]] + each[2] + text[each[1] :]
    for edit, touched in reversed(done):
        tracker.apply(edit.inverse())
        tracker = Tracker(tracker.ranges() | touched)
    assert tracker.ranges() == before


def test_text_right_before_and_behind_a_range_stays_outside() -> None:
    tracker = Tracker({"f": Range(Position(0, 1), Position(0, 2))})
    tracker.apply(Edit(Range(Position(0, 2), Position(0, 2)), "", "Z"))
    tracker.apply(Edit(Range(Position(0, 1), Position(0, 1)), "", "A\n"))
    assert tracker.range("f") == Range(Position(1, 0), Position(1, 1))
