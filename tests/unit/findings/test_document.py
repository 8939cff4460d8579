"""Findings live with the text: they follow it, end with it, and come back with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_sidecar.findings.anchor import locate
from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.model import Finding, FindingState
from claude_sidecar.findings.placing import context_of, place
from claude_sidecar.findings.tracker import Edit, Tracker
from claude_sidecar.text import LineIndex

CODE = """\
def mean(values):
    total = sum(values)
    return total / len(values)


def last(values):
    return values[-1]
"""


def finding(name: str, text: str, quote: str, line: int | None = None) -> Finding:
    index = LineIndex(text)
    range_ = locate(index, quote, line).range
    return Finding(
        id=name,
        file="/w/a.py",
        range=range_,
        severity="warning",
        category="bug",
        title="t",
        message="m",
        quote=quote,
        session_id="s",
        turn_id="t",
        created_at=0.0,
        context=context_of(index, range_),
    )


class Page:
    """A text with findings, edited by what is to be replaced by what."""

    def __init__(self, text: str, *findings: Finding) -> None:
        self.text = text
        self.document = DocumentFindings(findings, LineIndex(text))

    def replace(self, old: str, new: str) -> Edit:
        start = self.text.index(old)
        return self.edit(start, start + len(old), new)

    def edit(self, start: int, end: int, new: str) -> Edit:
        edit = Edit(LineIndex(self.text).range_between(start, end), self.text[start:end], new)
        self.text = self.text[:start] + new + self.text[end:]
        self.document.edit(edit)
        return edit

    def undo(self, edit: Edit) -> None:
        inverse = edit.inverse()
        index = LineIndex(self.text)
        start, end = index.offset(inverse.range.start), index.offset(inverse.range.end)
        self.edit(start, end, inverse.new_text)

    def settle(self) -> list[str]:
        return [each.id for each in self.document.settle(LineIndex(self.text))]

    def shown(self) -> dict[str, tuple[str, str, str]]:
        index = LineIndex(self.text)
        return {
            each.id: (each.state, each.anchor, index.slice(each.range))
            for each in self.document.findings()
        }


RETURN = "return total / len(values)"


@pytest.fixture
def page() -> Page:
    return Page(CODE, finding("f", CODE, RETURN))


def test_it_follows_its_text(page: Page) -> None:
    page.edit(0, 0, "import math\n\n")
    page.replace("    total", "\ttotal")
    assert not page.document.needs_settling
    assert page.shown() == {"f": ("open", "exact", RETURN)}


def test_it_is_kept_while_its_text_is_changed_a_little(page: Page) -> None:
    page.replace("total / len(values)", "total / len(numbers)")
    assert page.settle() == ["f"]
    assert page.shown() == {"f": ("open", "moved", "return total / len(numbers)")}


def test_it_is_stale_when_its_text_is_gone_and_open_when_it_is_back(page: Page) -> None:
    page.replace(RETURN, "pass")
    assert page.settle() == ["f"]
    assert page.shown()["f"][:2] == ("stale", "lost")
    page.replace("pass", RETURN)
    assert page.settle() == ["f"]
    assert page.shown() == {"f": ("open", "exact", RETURN)}


def test_it_goes_along_when_its_text_is_cut_and_pasted(page: Page) -> None:
    page.replace(f"    {RETURN}\n", "")
    page.edit(len(page.text), len(page.text), f"\n\n\n\n\n\n\ndef other():\n    {RETURN}\n")
    page.settle()
    assert page.shown() == {"f": ("open", "moved", RETURN)}


def test_it_is_found_after_a_formatter(page: Page) -> None:
    page.replace(RETURN, "return total  /  len( values )")
    page.settle()
    assert page.shown()["f"][:2] == ("open", "moved")


def test_a_short_quote_does_not_jump_to_where_it_means_something_else() -> None:
    text = "a\nx = 1\nb\n" + "\n" * 20 + "c\nx = 1\nd\n"
    page = Page(text, finding("f", text, "x = 1", 1))
    page.edit(2, 7, "print()")
    page.settle()
    assert page.shown()["f"][:2] == ("stale", "lost")


def test_undo_brings_back_the_right_one_of_many() -> None:
    text = "pass\n" * 9
    page = Page(text, finding("f", text, "pass", 4))
    edit = page.edit(10, 35, "")
    page.settle()
    page.undo(edit)
    page.settle()
    assert page.document.findings()[0].range.start.line == 4
    assert page.shown() == {"f": ("open", "exact", "pass")}


def test_edits_that_are_undone_at_once_from_the_bottom_up_bring_back_all_they_fixed() -> None:
    text = "def f():\n    one\n    two\n    three\n"
    quotes = ("one", "two", "three")
    page = Page(text, *(finding(quote, text, quote) for quote in quotes))
    edits = [page.replace(quote, f"{quote}(\n    )") for quote in reversed(quotes)]
    for each in page.document.findings():
        page.document.put(replace(each, state="fixed"))
    for quote, edit in zip(reversed(quotes), edits, strict=True):
        page.replace(edit.new_text, quote)
    assert page.text == text
    assert sorted(page.settle()) == sorted(quotes)
    assert page.shown() == {quote: ("open", "exact", quote) for quote in quotes}


def test_what_undo_put_back_is_followed_on() -> None:
    page = Page("aaaa", finding("f", "aaaa", "a", 0))
    before = page.document.findings()[0].range
    page.undo(page.edit(0, 1, ""))
    page.edit(1, 1, "b")
    assert page.document.findings()[0].range == before


def test_a_dismissed_one_is_followed_but_stays_dismissed(page: Page) -> None:
    dismissed = replace(page.document.findings()[0], state="dismissed", reason="intended")
    page.document.put(dismissed)
    page.edit(0, 0, "\n")
    page.replace(RETURN, "pass")
    page.settle()
    (after,) = page.document.findings()
    assert (after.state, after.anchor, after.reason) == ("dismissed", "lost", "intended")


@pytest.mark.parametrize("behind", [0, len(RETURN)])
def test_undo_takes_a_fix_back_that_only_added_to_the_quote(page: Page, behind: int) -> None:
    at = page.text.index(RETURN) + behind
    edit = page.edit(at, at, " or 0 ")
    page.document.put(replace(page.document.findings()[0], state="fixed"))
    page.undo(edit)
    assert page.document.needs_settling
    assert page.settle() == ["f"]
    assert page.shown() == {"f": ("open", "exact", RETURN)}


@pytest.mark.parametrize(
    ("decided", "after"), [("fixed", "open"), ("dismissed", "dismissed"), ("stale", "open")]
)
def test_undo_takes_a_fix_back_and_no_dismissal(
    page: Page, decided: FindingState, after: FindingState
) -> None:
    edit = page.replace("total /", "total //")
    page.document.put(replace(page.document.findings()[0], state=decided))
    page.undo(edit)
    page.settle()
    assert page.shown() == {"f": (after, "exact", RETURN)}


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, list[Finding], list[tuple[int, int, str]]]:
    text = draw(st.text(st.sampled_from("ab(\n "), min_size=3, max_size=60))
    findings: list[Finding] = []
    for number in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        quote = text[start:end].strip("\n")
        if quote.strip():
            line = LineIndex(text).position(text.index(quote, start)).line
            findings.append(finding(str(number), text, quote, line))
    edits: list[tuple[int, int, str]] = []
    now = text
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(now)))
        end = draw(st.integers(start, len(now)))
        # Letters that the text has not: none of these edits undoes another.
        new = draw(st.text(st.sampled_from("xyz"), max_size=8))
        if new != now[start:end]:  # one that changes nothing is no edit
            edits.append((start, end, new))
            now = now[:start] + new + now[end:]
    return text, findings, edits


@settings(max_examples=200)
@given(pages())
def test_settled_places_are_those_computed_from_scratch(
    scene: tuple[str, list[Finding], list[tuple[int, int, str]]],
) -> None:
    text, findings, edits = scene
    page = Page(text, *findings)
    tracker = Tracker({each.id: each.range for each in findings})
    for start, end, new in edits:
        tracker.apply(page.edit(start, end, new))
    page.settle()
    index = LineIndex(page.text)
    for after, before in zip(
        sorted(page.document.findings(), key=lambda each: each.id), findings, strict=True
    ):
        tracked = tracker.range(before.id)
        if index.slice(tracked) == before.quote:
            assert (after.range, after.anchor, after.state) == (tracked, "exact", "open")
        else:
            scratch = place(index, before.quote, before.context, tracked)
            assert (after.range, after.anchor) == (scratch.range, scratch.anchor)
            assert after.state == ("stale" if scratch.anchor == "lost" else "open")


@settings(max_examples=200)
@given(pages(), st.booleans())
def test_undoing_all_edits_restores_everything(
    scene: tuple[str, list[Finding], list[tuple[int, int, str]]], settles: bool
) -> None:
    text, findings, edits = scene
    page = Page(text, *findings)
    before = page.document.findings()
    done: list[Edit] = []
    for start, end, new in edits:
        done.append(page.edit(start, end, new))
        if settles:
            page.settle()
    for edit in reversed(done):
        page.undo(edit)
        if settles:
            page.settle()
    page.settle()
    assert page.text == text
    assert page.document.findings() == before
