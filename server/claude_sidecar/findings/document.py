"""The findings of one open document, following its text while it is edited.

An edit moves them at once. What it touched is only noted: `settle`, called when the typing pauses,
looks at those alone (and at those that were lost) and decides where they are, or that they are
stale. Undoing an edit puts back what it had touched, exactly: also a finding that the edit fixed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from claude_sidecar.findings.model import AnchorState, Finding, FindingState
from claude_sidecar.findings.placing import place
from claude_sidecar.findings.tracker import Edit, Tracker
from claude_sidecar.text import LineIndex, Range

_UNDO_LIMIT = 1_000
_AT_ONCE = 100
"""How many edits an editor may undo in one step, and have it noticed."""


@dataclass(frozen=True, slots=True)
class _Done:
    """An edit that was made, the one that would undo it, and what it met as it was before."""

    inverse: Edit
    before: dict[str, tuple[Range, Finding]]


class DocumentFindings:
    """Findings by id, and where they are now.

    :param findings: as they were last known; they are looked for in the text.
    """

    def __init__(self, findings: Iterable[Finding], index: LineIndex) -> None:
        self._findings = {finding.id: finding for finding in findings}
        self._tracker = Tracker({each.id: each.range for each in self._findings.values()})
        self._unsettled = set(self._findings)
        self._done: deque[_Done] = deque(maxlen=_UNDO_LIMIT)
        self._told = dict(self._findings)
        self.settle(index)

    @property
    def needs_settling(self) -> bool:
        """Whether an edit has touched one since the last `settle`, or may have brought one back."""
        return bool(self._unsettled)

    def findings(self) -> tuple[Finding, ...]:
        """All of them with the ranges they have now, in the order of their places."""
        moved = (
            replace(finding, range=self._tracker.range(finding.id))
            for finding in self._findings.values()
        )
        return tuple(sorted(moved, key=lambda finding: (finding.range, finding.created_at)))

    def put(self, finding: Finding) -> None:
        """Take in a new finding, or another state of one; its range is right for the text now."""
        self._findings[finding.id] = self._told[finding.id] = finding
        self._tracker = Tracker(self._tracker.ranges() | {finding.id: finding.range})
        self._unsettled.discard(finding.id)

    def remove(self, finding_id: str) -> None:
        """Forget one."""
        if self._findings.pop(finding_id, None) is not None:
            ranges = self._tracker.ranges()
            del ranges[finding_id]
            self._tracker = Tracker(ranges)
            self._unsettled.discard(finding_id)

    def edit(self, edit: Edit) -> None:
        """The text is changed."""
        if edit.old_text == edit.new_text:
            return  # it would pass for its own undoing
        touched = self._tracker.touched_by(edit)
        undone = self._undone_by(edit)
        if undone is None:
            # A suggestion that only adds to its quote carries it out without touching it.
            before = {
                name: (self._tracker.range(name), self._findings[name])
                for name in self._tracker.met_by(edit)
            }
            self._done.append(_Done(edit.inverse(), before))
        self._tracker.apply(edit)
        self._unsettled.update(touched)
        if undone is not None and undone.before:
            self._put_back(undone)

    def settle(self, index: LineIndex) -> tuple[Finding, ...]:
        """Decide about what was touched.

        :param index: of the text as it is now.
        :returns: those whose state or anchor is another than when it was last told.
        """
        ranges = self._tracker.ranges()
        lost = {name for name, each in self._findings.items() if each.anchor == "lost"}
        for name in sorted((self._unsettled | lost) & self._findings.keys()):
            before = self._findings[name]
            placed = place(index, before.quote, before.context, ranges[name])
            ranges[name] = placed.range
            self._findings[name] = replace(
                before, anchor=placed.anchor, state=_state(before, placed.anchor)
            )
        self._unsettled.clear()
        self._tracker = Tracker(ranges)
        return tuple(self._news())

    def _news(self) -> Iterator[Finding]:
        for name, finding in self._findings.items():
            told = self._told.get(name)
            if told is None or (told.state, told.anchor) != (finding.state, finding.anchor):
                self._told[name] = finding
                yield replace(finding, range=self._tracker.range(name))

    def _undone_by(self, edit: Edit) -> _Done | None:
        """The edit that this one undoes, which is then forgotten.

        That is the last one, or one that stands further down in the text than all that were made
        since: several edits that are made at once are undone from the bottom up.
        """
        recent = list(islice(reversed(self._done), _AT_ONCE))
        if not any(_texts(each.inverse) == _texts(edit) for each in recent):
            return None
        place = edit.range
        for number, done in enumerate(recent):
            if done.inverse == replace(edit, range=place):
                del self._done[-number - 1]
                since = [each.inverse.inverse() for each in reversed(recent[:number])]
                return replace(done, before=_moved(done.before, since))
            if place.start <= done.inverse.range.end:
                return None
            place = _after(place, done.inverse)
        return None

    def _put_back(self, undone: _Done) -> None:
        ranges = self._tracker.ranges()
        for name, (range_, finding) in undone.before.items():
            now = self._findings.get(name)
            if now is not None:
                ranges[name] = range_
                self._unsettled.add(name)  # so that it is told, where the edit only bordered on it
                if now.state != "dismissed":  # what a person has decided since stays so
                    self._findings[name] = replace(now, state=finding.state, anchor=finding.anchor)
        self._tracker = Tracker(ranges)


def _texts(edit: Edit) -> tuple[str, str]:
    return edit.old_text, edit.new_text


def _moved(
    before: dict[str, tuple[Range, Finding]], edits: Iterable[Edit]
) -> dict[str, tuple[Range, Finding]]:
    """What an edit met, with the places that later edits have given it."""
    for edit in edits:
        before = {name: (_after(range_, edit), each) for name, (range_, each) in before.items()}
    return before


def _after(range_: Range, edit: Edit) -> Range:
    """Where a range is once an edit is made."""
    tracker = Tracker({"": range_})
    tracker.apply(edit)
    return tracker.range("")


def _state(finding: Finding, anchor: AnchorState) -> FindingState:
    """Open and stale follow the text; what a person or a review has decided does not."""
    if finding.state not in {"open", "stale"}:
        return finding.state
    return "stale" if anchor == "lost" else "open"
