"""How much of a symptom's text is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.debugging.failures import read_symptom
from claude_sidecar.debugging.report import report_of

TRACEBACK = (
    "Traceback (most recent call last):\n"
    + '  File "a.py", line 1, in f\n    f()\n' * 500
    + "ValueError: deep\n"
)
LOG = "a line of a log\n" * 5000


def test_a_short_text_is_told_whole() -> None:
    assert report_of(read_symptom("ValueError: x\n"), 1000) == "ValueError: x"


def test_of_a_long_one_the_failure_and_the_end_are_told() -> None:
    told = report_of(read_symptom(f"{LOG}{TRACEBACK}{LOG}the end\n"), 4000)
    assert told.startswith("[... 80,000 characters left out ...]\nTraceback")
    assert "ValueError: deep" in told
    assert told.endswith("the end")
    assert len(told) < 4400


def test_without_a_failure_the_beginning_and_the_end_are_told() -> None:
    told = report_of(read_symptom(f"first\n{LOG}last\n"), 1000)
    assert told.startswith("first")
    assert told.endswith("last")
    assert "characters left out" in told


@given(st.text(), st.integers(1, 200))
def test_any_text(text: str, limit: int) -> None:
    assert len(report_of(read_symptom(text * 20), limit)) <= limit + 200
