"""Sessions and turns as a person reads them."""

from dataclasses import replace

import pytest

from claude_sidecar.sessions.model import Key, Session, Turn, TurnError, Usage, Verification
from claude_sidecar.terminal.session_tables import print_session, print_sessions
from claude_sidecar.terminal.words import age, money, number_of, tokens
from support.terminal import readable_screen

SESSION = Session(
    id="0123abcd-0000-4000-8000-000000000000",
    key=Key("/w/shop", "api/a.py"),
    title="Review \x1b[1ma.py",
    created_at=0.0,
    updated_at=1_000.0,
    turns=2,
    cost_usd=0.25,
    open_findings=3,
    state="interrupted",
)
TURN = Turn(
    id="t1",
    session_id=SESSION.id,
    kind="review",
    prompt="Review a.py",
    started_at=0.0,
    text="\n".join(f"line {number}" for number in range(5)),
    findings=("f1",),
    stop_reason="error",
    error=TurnError("overloaded", "Too busy.", "Wait.", retryable=True),
)


def test_in_a_pipe_a_session_is_a_line_of_fields() -> None:
    screen = readable_screen(terminal=False)

    print_sessions(screen.screen, [SESSION], now=1_000.0 + 7200)

    assert screen.answer.split("\n")[0].split("\t") == [
        SESSION.id,
        "api/a.py",
        "Review \\x1b[1ma.py (interrupted)",
        "2 h ago",
        "2",
        "3",
        "$0.2500",
    ]


def test_on_a_terminal_sessions_are_a_table() -> None:
    screen = readable_screen(terminal=True)

    print_sessions(screen.screen, [SESSION], now=1_000.0)

    assert "0123abcd*" in screen.answer
    assert "just now" in screen.answer
    assert "\x1b" not in screen.answer


def test_a_session_is_shown_with_what_was_said_and_how_it_ended() -> None:
    screen = readable_screen(terminal=False)

    print_session(screen.screen, SESSION, [TURN])

    assert f"session    {SESSION.id}  (current)" in screen.answer
    assert "> Review a.py\nline 0\n" in screen.answer
    assert "line 4\n(1 finding)\n[error: Too busy.]\n" in screen.answer


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Verification("verified", "pytest", 1, 0), "Verified: it passes now (pytest)."),
        (
            Verification("still failing", "pytest", 3, 1, "1 failed"),
            "Still failing (pytest): 1 failed",
        ),
        (
            Verification("not verified", reason="Nothing was changed."),
            "Not verified: Nothing was changed.",
        ),
    ],
)
def test_what_was_seen_of_a_fix_is_shown(seen: Verification, words: str) -> None:
    screen = readable_screen(terminal=False)
    turn = replace(TURN, kind="debug", stop_reason="end_turn", error=None, verification=seen)

    print_session(screen.screen, SESSION, [turn])

    assert screen.answer.endswith(f"(1 finding)\n[{words}]\n")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (61, "1 min ago"), (7300, "2 h ago"), (200_000, "2 d ago"), (-5, "just now")],
)
def test_age(seconds: float, words: str) -> None:
    assert age(1e9, 1e9 + seconds) == words


def test_numbers_in_words() -> None:
    assert [number_of(count, "turn") for count in (0, 1, 1200)] == [
        "0 turns",
        "1 turn",
        "1,200 turns",
    ]
    assert number_of(2, "information") == "2 information"
    assert [money(0.0123), money(12.345)] == ["$0.0123", "$12.35"]
    assert tokens(Usage(1, 2, 3, 4)) == "8 tokens in, 2 out"
