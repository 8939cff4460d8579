"""The small edits that make one text of another, so that cursors and findings beside them stay."""

from __future__ import annotations

from difflib import SequenceMatcher

from claude_sidecar.text import LineIndex, TextEdit, minimal_edit

_COMPARED_LINES = 2_000
"""Lines between the first and the last difference that are compared; more become one edit."""


def edits_between(old: str, new: str) -> tuple[TextEdit, ...]:
    """Edits of `old`, in order and not overlapping; none where the texts are equal."""
    if old == new:
        return ()
    index = LineIndex(old)
    whole = minimal_edit(index, index.range_between(0, len(old)), new)
    before, after = index.lines_with_ends(), LineIndex(new).lines_with_ends()
    head, tail = _common_ends(before, after)
    ours, theirs = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(ours), len(theirs)) > _COMPARED_LINES or min(len(ours), len(theirs)) < 2:
        return (whole,)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    edits: list[TextEdit] = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        by_line = j - i == m - k  # as many lines as before: each for itself
        parts = zip(range(i, j), range(k, m), strict=True) if by_line else [(i, k)]
        for here, there in parts:
            end, new_end = (here + 1, there + 1) if by_line else (j, m)
            range_ = index.range_between(starts[head + here], starts[head + end])
            edits.append(minimal_edit(index, range_, "".join(theirs[there:new_end])))
    return tuple(each for each in edits if each.range.start < each.range.end or each.new_text)


def lines_between(one: str, other: str) -> int:
    """How far two texts are from each other: about how many lines differ."""
    return sum(
        1 + each.range.end.line - each.range.start.line + len(each.new_text.splitlines())
        for each in edits_between(one, other)
    )


def _common_ends(before: list[str], after: list[str]) -> tuple[int, int]:
    room = min(len(before), len(after))
    head = next((at for at in range(room) if before[at] != after[at]), room)
    room -= head
    tail = next((at for at in range(room) if before[-1 - at] != after[-1 - at]), room)
    return head, tail
