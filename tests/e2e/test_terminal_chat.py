"""The chat on a terminal of its own: typed at, interrupted, asked and left."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from support.command_line import PROMPT, CommandLine
from support.model import Model
from support.processes import children

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")

UP = "\x1b[A"


@pytest.fixture
def sidecar(workspace: Path, environment: dict[str, str]) -> CommandLine:
    return CommandLine(workspace, environment)


def test_ctrl_c_stops_the_answer_and_not_the_chat(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    gate = Gate()
    threaded_model.script.reply(say("Half an answer, "), pause(gate), say("and the rest."))
    threaded_model.script.reply(say("Still here."))

    with sidecar.on_terminal("chat", "--file", "stats.py") as terminal:
        terminal.expect(PROMPT)
        terminal.type("Tell me\n")
        terminal.expect("Half an answer,")
        processes = children(terminal.process.pid)
        terminal.type("\x03")
        terminal.expect("Cancelled")
        gate.open()
        terminal.expect(PROMPT)
        terminal.type("And now?\n")
        terminal.expect("Still here.")
        assert children(terminal.process.pid) == processes, "Claude Code is interrupted, not ended"
        terminal.expect(PROMPT)
        terminal.type("\x04")
        assert terminal.wait() == 0

    assert "and the rest." not in terminal.shown
    assert threaded_model.requests[-1].prompts[-1].count("And now?") == 1


def test_ctrl_c_at_the_prompt_drops_the_line(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("An answer."))

    with sidecar.on_terminal("chat") as terminal:
        terminal.expect(PROMPT)
        terminal.type("half a quest\x03")
        terminal.expect("Ctrl-D or /quit")
        terminal.expect(PROMPT)
        terminal.type("whole\n")
        terminal.expect("An answer.")
        terminal.type("/quit\n")
        assert terminal.wait() == 0

    assert "half a quest" not in threaded_model.requests[-1].all_text


def test_what_is_pasted_is_one_prompt(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("I see."))

    with sidecar.on_terminal("chat") as terminal:
        terminal.expect(PROMPT)
        terminal.paste("Traceback:\n  stats.py, line 2\nZeroDivisionError\n")
        terminal.type("\n")
        terminal.expect("I see.")
        terminal.type("/quit\n")
        assert terminal.wait() == 0

    (request,) = threaded_model.requests
    assert "Traceback:\n  stats.py, line 2\nZeroDivisionError" in request.last_prompt


def test_commands_are_completed_and_what_was_typed_comes_back(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(call("Bash", command="touch ran", description="Leave a mark"))
    threaded_model.script.reply(say("Not then.")).reply(say("Once more."))

    with sidecar.on_terminal("chat") as terminal:
        terminal.expect(PROMPT)
        terminal.type("First question\n")
        terminal.expect("Allow it?")
        terminal.type("no\n")
        terminal.expect("Not then.")
        terminal.expect(PROMPT)
        terminal.type("/qu")
        terminal.expect("end the chat")
        terminal.type("\t\n")
        assert terminal.wait() == 0
    with sidecar.on_terminal("chat") as terminal:
        terminal.expect("Not then.")
        terminal.expect(PROMPT)
        terminal.type(f"{UP}{UP}\n")
        terminal.expect("Once more.")
        terminal.expect(PROMPT)
        terminal.type("\x04")
        assert terminal.wait() == 0

    assert "First question" in threaded_model.requests[-1].last_prompt


@pytest.mark.parametrize(("typed", "ran"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_what_claude_wants_to_run_is_asked(
    sidecar: CommandLine, threaded_model: Model, typed: str, ran: bool
) -> None:
    threaded_model.script.reply(
        call("Bash", command="touch ran", description="Leave a mark")
    ).reply(say("That was it."))

    with sidecar.on_terminal("ask", "Run it") as terminal:
        terminal.expect("Claude wants to run a command:")
        terminal.expect("$ touch ran")
        terminal.expect("Allow it?")
        terminal.type(typed)
        terminal.expect("That was it.")
        assert terminal.wait() == 0

    assert (sidecar.folder / "ran").exists() == ran


def test_the_terminal_is_asked_where_the_input_is_a_pipe(
    sidecar: CommandLine, threaded_model: Model, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    trace.write_text("stats.py:2: ZeroDivisionError\n", encoding="utf-8")
    threaded_model.script.reply(
        call("Bash", command="touch ran", description="Leave a mark")
    ).reply(say("That was it."))

    with sidecar.on_terminal("debug", stdin=trace) as terminal:
        terminal.expect("Allow it?")
        terminal.type("yes\n")
        terminal.expect("That was it.")
        assert terminal.wait() == 0

    assert (sidecar.folder / "ran").exists()


def test_ctrl_c_at_a_permission_refuses_it_and_ends_the_turn(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(call("Bash", command="touch ran", description="Leave a mark"))

    with sidecar.on_terminal("ask", "Run it") as terminal:
        terminal.expect("Allow it?")
        terminal.type("\x03")
        assert terminal.wait() == 130

    assert not (sidecar.folder / "ran").exists()


def test_a_chat_goes_on_where_it_was_left(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("The **first** answer.")).reply(say("The second."))
    threaded_model.script.reply(say("Fresh."))

    with sidecar.on_terminal("chat", "--file", "stats.py") as terminal:
        terminal.expect(PROMPT)
        terminal.type("First question\n")
        terminal.expect("The first answer.")
        terminal.expect(PROMPT)
        terminal.type("\x04")
        assert terminal.wait() == 0
    with sidecar.on_terminal("chat", "--file", "stats.py") as terminal:
        terminal.expect("First question")
        terminal.expect("The first answer.")
        terminal.expect(PROMPT)
        terminal.type("Second question\n")
        terminal.expect("The second.")
        terminal.type("/cost\n")
        terminal.expect("in 2 turns")
        terminal.type("/nonsense\n")
        terminal.expect("/nonsense is not a command")
        terminal.type("/new\n")
        terminal.expect("A new conversation.")
        terminal.type("Third question\n")
        terminal.expect("Fresh.")
        terminal.type("/sessions\n")
        terminal.expect("First question")
        terminal.type("/resume 00000000\n")
        terminal.expect("Unknown session '00000000'")
        terminal.type("/quit\n")
        assert terminal.wait() == 0

    assert "First question" in threaded_model.requests[1].all_text
    assert "First question" not in threaded_model.requests[2].all_text
    history = Path(sidecar.environment["XDG_STATE_HOME"]) / "claude-sidecar" / "chat-history"
    assert "Second question" in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_prompts_may_come_from_a_pipe(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("One.")).reply(say("Two."))

    done = sidecar("chat", stdin="first\n\nsecond line \\\ngoes on\n")

    assert (done.status, done.out, done.err) == (0, "One.\n\nTwo.\n", "")
    assert "second line \ngoes on" in threaded_model.requests[-1].last_prompt


def test_a_pipe_is_told_what_could_not_be_done(sidecar: CommandLine, threaded_model: Model) -> None:
    done = sidecar("chat", "--file", "nothere.py", stdin="first\n")

    assert (done.status, done.out) == (2, "")
    assert "nothere.py: does not exist" in done.err
    assert sidecar("chat", stdin="/nonsense\n").status == 2
    assert threaded_model.requests == []


def test_a_review_on_a_terminal_has_colours_and_says_how_to_go_on(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(
        call(
            "mcp__sidecar__report_finding",
            file="stats.py",
            quote="len(numbers)",
            severity="error",
            category="bug",
            title="It may be zero",
            message="See `len`.",
        )
    ).reply(say("## Summary\n\nOne **error**."))

    with sidecar.on_terminal("review", "stats.py") as terminal:
        terminal.expect("stats.py:2:27: error: It may be zero [bug]")
        terminal.expect("^^^^^^^^^^^^")
        terminal.expect("Summary")
        terminal.expect("One error.")
        terminal.expect("stats.py: 1 error · $0.")
        terminal.expect("To go on: claude-sidecar ask --file stats.py")
        assert terminal.wait() == 0

    assert terminal.has_colours
