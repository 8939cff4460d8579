"""How the end of a command's turns is put into words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claude_sidecar.lsp.progress_words import summary
from claude_sidecar.sessions.model import Cost, TurnError, TurnResult, Verification
from support.records import a_finding, a_session

PLAIN = TurnResult("s", "t", "end_turn", "Fine.")
FOUND = replace(PLAIN, findings=(a_finding(a_session()),), cost=Cost(turn_usd=0.25))
LOGGED_OUT = replace(
    PLAIN, stop_reason="error", error=TurnError("authentication", "Not logged in", "", False)
)
STILL = Verification("still failing", command="pytest", attempts=3, failure="assert 1 == 2")


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([], "Not run"),
        ([PLAIN], "Done: no findings, $0.0000"),
        ([FOUND, FOUND], "Done: 2 findings, $0.5000"),
        ([replace(FOUND, stop_reason="cancelled")], "Cancelled: 1 finding, $0.2500"),
        ([replace(PLAIN, verification=STILL)], "Still failing: no findings, $0.0000"),
        ([LOGGED_OUT], "Failed: Not logged in"),
        ([FOUND, LOGGED_OUT], "Failed: Not logged in: 1 finding, $0.2500"),
    ],
)
def test_the_end_names_findings_and_cost(results: list[TurnResult], words: str) -> None:
    assert summary(results) == words
