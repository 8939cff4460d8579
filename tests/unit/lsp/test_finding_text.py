"""A finding is told so that it can be read, whatever is in it."""

from __future__ import annotations

from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp.finding_text import Origin, diff_text, finding_text
from claude_sidecar.text import Position, Range

FINDING = Finding(
    id="f",
    file="/w/a.md",
    range=Range(Position(0, 0), Position(0, 1)),
    severity="hint",
    category="documentation",
    title="A title",
    message="A message.",
    quote="x",
    session_id="0123456789",
    turn_id="t",
    created_at=0.0,
    verdict="plausible",
    reviewers=("tests", "api"),
)


def test_a_fence_in_the_suggestion_does_not_end_the_diff() -> None:
    text = finding_text(FINDING, (["x"], ["````", "y", "````"]), None, markdown=True)
    assert "`````diff\n-x\n+````\n+y\n+````\n`````" in text


def test_what_there_is_not_is_not_told() -> None:
    assert finding_text(FINDING, None, None, markdown=False) == (
        "A title\n\nA message.\n\nClaude: Hint, documentation, plausible, by tests, api"
    )


def test_the_title_of_a_session_has_no_markup() -> None:
    origin = Origin("review", 0.0, "*Look* at <this> [link](x)", "0123456789")
    text = finding_text(FINDING, None, origin, markdown=True)
    assert "“Look at this link(x)” (01234567)" in text


def test_a_diff_shows_lines_that_stay_between_those_that_change() -> None:
    assert diff_text(["a", "b", "c"], ["a", "B", "c"]) == " a\n-b\n+B\n c"
