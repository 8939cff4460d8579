"""What sessions are called, by what was asked and what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claude_sidecar.sessions.conversations.titles import (
    LIMIT,
    before_any_turn,
    of_prompt,
    of_result,
)
from claude_sidecar.sessions.model import Key, Session, StopReason, TurnKind
from claude_sidecar.sessions.planning.plans import Composed, TurnPlan
from support.records import a_finding, a_session

CART = Key("/projects/shop", "src/cart.py")
TRACEBACK = """\
Debug src/cart.py

Traceback (most recent call last):
  File "src/cart.py", line 3, in mean
    return total / len(values)
ZeroDivisionError: division by zero"""


def plan(kind: TurnKind, prompt: str) -> TurnPlan:
    return TurnPlan(kind, CART, prompt, lambda _: Composed(prompt), CART.path)


@pytest.mark.parametrize(
    ("kind", "prompt", "title"),
    [
        ("ask", "Is the total right?", "Is the total right?"),
        ("ask", "please, can you explain `mean`? I am lost.", "Explain mean?"),
        ("ask", "Hi Claude, why is the second order wrong? It has 3 items.",
         "Why is the second order wrong?"),
        ("ask", "Why? The total is 3.", "Why? The total is 3."),
        ("ask", "```py\ntotal = 0\n```\n\n## What does this do?", "What does this do?"),
        ("ask", "```py\ntotal = 0\n```", "Total = 0"),
        ("ask", "please", "Please"),
        ("ask", "- rename it\n- test it", "Rename it"),
        ("ask", "税込みの合計は?", "税込みの合計は?"),
        ("ask", "word " * 30, "Word" + " word" * 10 + "…"),
        ("ask", "x" * 100, "X" + "x" * (LIMIT - 2) + "…"),
        ("step", "now add a test for it", "Add a test for it"),
        ("review", "Review src/cart.py", "Review src/cart.py"),
        ("debug", TRACEBACK, "ZeroDivisionError: division by zero (cart.py)"),
        ("debug", "Debug src/cart.py\n\nIt hangs.\nSometimes.", "It hangs (cart.py)"),
        ("debug", "Debug src/cart.py", "Debug src/cart.py"),
        ("fix", "Fix Total is never reset (src/cart.py)", "Fix Total is never reset (src/cart.py)"),
    ],
)  # fmt: skip
def test_by_what_was_asked(kind: TurnKind, prompt: str, title: str) -> None:
    assert of_prompt(plan(kind, prompt)) == title
    assert len(title) <= LIMIT


REVIEW = replace(plan("review", "Review src/cart.py"), complete=True)
ASKED = a_session(title=of_prompt(REVIEW))
WORST = a_finding(ASKED, title="Total is never reset", severity="error")
MILD = a_finding(ASKED, title="Name says nothing", severity="hint")


@pytest.mark.parametrize(
    ("session", "found", "stop_reason", "title"),
    [
        (ASKED, [MILD, WORST], "end_turn", "cart.py: Total is never reset (+1)"),
        (ASKED, [MILD], "end_turn", "cart.py: Name says nothing"),
        (ASKED, [], "end_turn", "cart.py: nothing found"),
        (ASKED, [], "error", None),
        (replace(ASKED, title="Mine"), [WORST], "end_turn", None),
        (replace(ASKED, title="cart.py: nothing found"), [WORST], "end_turn", None),
    ],
)
def test_by_what_came_of_it(
    session: Session, found: list[object], stop_reason: StopReason, title: str | None
) -> None:
    assert of_result(session, REVIEW, found, stop_reason) == title  # type: ignore[arg-type]


def test_a_review_that_looked_for_something_keeps_saying_so() -> None:
    focused = plan("review", "Review src/cart.py, looking for: holes")
    session = a_session(title=of_prompt(focused))
    assert of_result(session, focused, [], "end_turn") is None


def test_a_question_keeps_its_words() -> None:
    asked = plan("ask", "Is it right?")
    session = a_session(title=of_prompt(asked))
    assert of_result(session, asked, [WORST], "end_turn") is None


def test_before_any_turn() -> None:
    assert before_any_turn(CART) == "New session: src/cart.py"
    assert before_any_turn(Key("/projects/shop")) == "New session: shop"
