"""What a turn leaves on the screen."""

from pathlib import Path

import pytest

from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    AskedTurn,
    ContextCompacted,
    Event,
    FindingReported,
    PlanEntry,
    PlanUpdated,
    RetryScheduled,
    SessionReplaced,
    ToolCallStarted,
    ToolCallUpdated,
    TurnEnded,
    TurnStarted,
    UsageUpdated,
)
from claude_sidecar.sessions.model import ContextSize, Location, ToolCall, TurnResult, Usage
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.progress import Progress, activity
from claude_sidecar.terminal.turn_display import TurnDisplay
from support.terminal import ReadableScreen, found, readable_screen, updates

ENDED = TurnEnded(TurnResult("s1", "t1", "end_turn", ""))


def _show(screen: ReadableScreen, *events: Event, answers: bool = True) -> None:
    with Progress(screen.screen.err) as progress:
        display = TurnDisplay(
            screen.screen, Sources(), progress, answers=answers, min_severity="warning"
        )
        for update in updates(*events, ENDED):
            display.show(update)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.py").write_text("bad()\n")
    return tmp_path / "f.py"


def test_blocks_stand_apart_and_blanks_around_them_are_dropped(file: Path) -> None:
    screen = readable_screen(terminal=False)

    _show(
        screen,
        TurnStarted(AskedTurn("review", "Review f.py"), resumed=True),
        AgentMessageChunk("I'll "),
        AgentMessageChunk("look.\n\n"),
        FindingReported(found(file, "bad()", title="First")),
        FindingReported(found(file, "bad()", title="Mild", severity="hint")),
        AgentMessageChunk("\n\n"),
        AgentMessageChunk("Done."),
    )

    assert screen.answer == (
        "I'll look.\n\n"
        "f.py:1:1: error: First [bug]\n 1 | bad()\n   | ^^^^^\n  Why it matters.\n\n"
        "Done.\n"
    )
    assert screen.asides == ""


def test_nothing_is_written_of_answers_that_are_given_otherwise(file: Path) -> None:
    screen = readable_screen(terminal=False)

    _show(
        screen,
        AgentMessageChunk("Text."),
        FindingReported(found(file, "bad()")),
        answers=False,
    )

    assert screen.answer == ""


def test_whoever_watches_is_told_what_happens_on_the_way() -> None:
    screen = readable_screen(terminal=False, err_terminal=True)

    _show(
        screen,
        TurnStarted(AskedTurn("ask", "?"), resumed=True),
        RetryScheduled(2, 10, 3200, "overloaded"),
        ToolCallStarted(ToolCall("c1", "Bash ls", "execute"), {}),
        ToolCallUpdated("c1", "failed", "no"),
        ToolCallStarted(ToolCall("c2", "Read f.py", "read"), {}),
        ContextCompacted("auto", 150000, 20000),
    )

    lines = [
        "Continuing the conversation.",
        "overloaded: trying again in 3 s (2 of 10)",
        "* Bash ls",
        "did not work: Bash ls",
        "The conversation was summarised to make room (150,000 tokens).",
    ]
    places = [screen.asides.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)
    assert screen.answer == ""


def test_a_replaced_session_is_always_told() -> None:
    screen = readable_screen(terminal=False)

    _show(screen, SessionReplaced("s0", "s1", "its transcript is gone"))

    assert "could not be resumed (its transcript is gone)" in screen.asides


@pytest.mark.parametrize(
    ("event", "doing"),
    [
        (AgentThoughtChunk("hm"), "Thinking"),
        (AgentThoughtChunk("hm", "security"), "security: thinking"),
        (ToolCallStarted(ToolCall("c", "Grep x", "search"), {}), "Grep x"),
        (ToolCallStarted(ToolCall("c", "Read", "read", locations=(Location("/q/a.py"),)), {}),
         "Read /q/a.py"),
        (PlanUpdated((PlanEntry("a", "completed"), PlanEntry("b", "in_progress"))), "b"),
        (UsageUpdated(Usage(), ContextSize()), None),
    ],
)  # fmt: skip
def test_progress_says_what_claude_does(event: Event, doing: str | None) -> None:
    assert activity(event) == doing
