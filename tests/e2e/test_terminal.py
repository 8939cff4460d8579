"""The command line from end to end: the console script, the real CLI, a scripted model."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import Rule, call, pause, say
from support.command_line import CommandLine, interrupt
from support.model import Model
from support.prices import billed_usd

REPORT = "mcp__sidecar__report_finding"
QUOTE = "return sum(numbers) / len(numbers)"


@pytest.fixture
def sidecar(workspace: Path, environment: dict[str, str]) -> CommandLine:
    return CommandLine(workspace, environment)


def _review(model: Model, severity: str = "error") -> Rule:
    """The model's part in a review: one finding and a closing word."""
    return model.script.reply(
        say("Let me look."),
        call(
            REPORT,
            file="stats.py",
            quote=QUOTE,
            severity=severity,
            category="bug",
            title="Division by zero for \x1b[31mno numbers",
            message="`len` is 0.",
            failure_scenario="`mean([])`",
        ),
    ).reply(say("One **finding**."))


@pytest.mark.parametrize(
    ("severity", "arguments", "status"),
    [
        ("error", [], 0),
        ("error", ["--fail-on", "error"], 1),
        ("warning", ["--fail-on", "error"], 0),
        ("warning", ["--fail-on", "hint"], 1),
    ],
)
def test_a_review_in_a_pipe(
    sidecar: CommandLine,
    threaded_model: Model,
    severity: str,
    arguments: list[str],
    status: int,
) -> None:
    _review(threaded_model, severity)

    done = sidecar("review", "stats.py", *arguments)

    assert (done.status, done.err) == (status, "")
    head, summary = done.out.rsplit("\n\n", 1)
    assert head == (
        "Let me look.\n\n"
        f"stats.py:2:5: {severity}: Division by zero for \\x1b[31mno numbers [bug]\n"
        " 2 |     return sum(numbers) / len(numbers)\n"
        "   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  len is 0.\n"
        "  Fails when: mean([])\n\n"
        "One **finding**."
    )
    assert summary.startswith(f"stats.py: 1 {severity} · $0.")


def test_a_review_as_json_is_the_turn_result(sidecar: CommandLine, threaded_model: Model) -> None:
    _review(threaded_model)

    done = sidecar("review", "stats.py", "--format", "json")

    result = done.json
    assert (done.status, done.err) == (0, "")
    assert result["stopReason"] == "end_turn"
    assert result["text"].endswith("One **finding**.")
    assert result["cost"]["turnUsd"] > 0
    [finding] = result["findings"]
    assert finding["uri"] == (sidecar.folder / "stats.py").as_uri()
    assert finding["range"] == {
        "start": {"line": 1, "character": 4},
        "end": {"line": 1, "character": 38},
    }


def test_a_review_as_markdown(sidecar: CommandLine, threaded_model: Model) -> None:
    _review(threaded_model)

    done = sidecar("review", "stats.py", "--format", "markdown")

    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("## `stats.py`: 1 error\n\n### error: Division by zero")
    assert f"```py\n{QUOTE}\n```" in done.out


def test_files_that_cannot_be_reviewed_do_not_keep_others_from_it(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    (sidecar.folder / "data.bin").write_bytes(b"\0\1\2")
    (sidecar.folder / "folder").mkdir()
    _review(threaded_model)

    done = sidecar("review", "missing.py", "data.bin", "folder", "stats.py")

    assert done.status == 2
    assert "stats.py: 1 error" in done.out
    errors = done.err.splitlines()
    assert [line.startswith("Error: ") for line in errors] == [True] * 3
    assert "missing.py: does not exist" in errors[0]
    assert "data.bin" in errors[1]
    assert "folder is a folder" in errors[2]
    assert len(sidecar("sessions", "list").out.splitlines()) == 1


def test_a_review_of_changes_is_about_the_workspace(
    sidecar: CommandLine, threaded_model: Model, workspace: Path
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=workspace, check=True)
    _review(threaded_model)
    threaded_model.script.reply(say("It is."))

    done = sidecar("review", "--changes", "--fail-on", "error")
    asked = sidecar("ask", "Is it?")

    assert (done.status, asked.status) == (1, 0)
    assert "stats.py:2:5: error: Division by zero" in done.out
    assert "untracked: `stats.py`" in threaded_model.requests[0].last_prompt
    assert "One **finding**." in threaded_model.requests[-1].replies


def test_without_changes_there_is_nothing_to_review(
    sidecar: CommandLine, threaded_model: Model, workspace: Path
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=workspace, check=True)
    (workspace / "stats.py").unlink()

    nothing = sidecar("review", "--changes")
    unknown = sidecar("review", "--changes", "nowhere")

    assert (nothing.status, nothing.err) == (
        0,
        f"There are no uncommitted changes in {workspace}: nothing to review.\n",
    )
    assert unknown.status == 2
    assert "'nowhere' is neither" in unknown.err


def test_a_question_follows_up_on_the_review_in_another_process(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    (sidecar.folder / "other.py").write_text("x = 1\n")
    _review(threaded_model).reply(say("Because of `len`.")).reply(say("What review?"))
    reviewed = sidecar("review", "stats.py", "--format", "json").json

    asked = sidecar("ask", "--file", "./stats.py", "Why is that?")
    context = threaded_model.requests[-1].all_text
    sidecar("ask", "--file", "other.py", "Why is that?")
    elsewhere = threaded_model.requests[-1].all_text

    assert (asked.status, asked.out, asked.err) == (0, "Because of `len`.\n", "")
    assert "One **finding**." in context
    assert "One **finding**." not in elsewhere
    shown = sidecar("sessions", "show", "--file", "stats.py", "--format", "json").json
    assert shown["session"]["sessionId"] == reviewed["sessionId"]
    assert [turn["kind"] for turn in shown["turns"]] == ["review", "ask"]


def test_debug_sends_what_it_is_piped(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("`numbers` is empty."))

    done = sidecar("debug", "--file", "stats.py", stdin="ZeroDivisionError: division by zero\n")

    assert (done.status, done.out) == (0, "`numbers` is empty.\n")
    assert "ZeroDivisionError: division by zero" in threaded_model.requests[-1].last_prompt


def test_debug_goes_to_the_file_where_it_failed(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(say("The list is empty."))
    traceback = (
        'Traceback (most recent call last):\n  File "/app/stats.py", line 2, in mean\n'
        "    return sum(numbers) / len(numbers)\nZeroDivisionError: division by zero\n"
    )

    done = sidecar("debug", "--format", "json", stdin=traceback)
    listed = sidecar("sessions", "list", "--format", "json").json

    assert done.status == 0
    assert "2\t    return sum(numbers) / len(numbers)" in threaded_model.requests[0].last_prompt
    (session,) = [each for each in listed["sessions"] if each["file"] == "stats.py"]
    assert session["sessionId"] == done.json["sessionId"]


@pytest.mark.parametrize(("fixed", "status"), [(True, 0), (False, 1)])
def test_debug_runs_a_test_until_it_passes(
    sidecar: CommandLine, threaded_model: Model, fixed: bool, status: int
) -> None:
    (sidecar.folder / "flag").write_text("broken\n")
    if fixed:
        threaded_model.script.reply(call("Bash", command="echo whole > flag"))
    threaded_model.script.reply(say("Done."))
    command = "cat flag; grep -q whole flag"

    done = sidecar(
        "debug", "--test", command, "--yes", "--format", "json",
        "--config", str(_allowing(sidecar.folder)),
    )  # fmt: skip

    assert (done.status, done.json["verification"]["state"]) == (
        status,
        "verified" if fixed else "not verified",
    ), done.err
    assert done.json["verification"]["command"] == command


def test_debug_asks_nobody_where_nobody_is(sidecar: CommandLine, threaded_model: Model) -> None:
    done = sidecar("debug", "--test", "touch made", "--format", "json")

    assert done.status == 1
    assert done.json["verification"]["state"] == "not verified"
    assert not (sidecar.folder / "made").exists()
    assert threaded_model.requests == []


def _allowing(folder: Path) -> Path:
    path = folder.parent / "config.toml"
    path.write_text('[claudeSidecar]\npermissionMode = "bypassPermissions"\n')
    return path


def test_debug_without_an_error_is_wrong_usage(sidecar: CommandLine, threaded_model: Model) -> None:
    done = sidecar("debug", "--file", "stats.py", stdin=" \n")

    assert done.status == 2
    assert "Standard input is empty" in done.err
    assert threaded_model.requests == []


def test_a_failed_turn_says_what_to_do(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.fail(400, "The model is not what it was.").forever()

    done = sidecar("ask", "Anything?")

    assert done.status == 3
    message, hint = done.err.splitlines()
    assert message.startswith("Error: ")
    assert "The model is not what it was." in message
    assert hint.strip()


def test_without_a_terminal_nothing_is_permitted(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(call("Bash", command="touch ran", description="Run")).reply(
        say("I may not.")
    )

    done = sidecar("ask", "Run it")

    assert (done.status, done.out) == (0, "I may not.\n")
    assert not (sidecar.folder / "ran").exists()
    assert threaded_model.requests[-1].tool_results[-1].is_error


def test_sessions_are_listed_renamed_exported_and_deleted(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.reply(say("One.")).reply(say("Two."))
    first = sidecar("ask", "--file", "stats.py", "The first?", "--format", "json").json["sessionId"]
    second = sidecar("ask", "--fresh", "--file", "stats.py", "The second?", "--format", "json")
    assert second.json["sessionId"] != first

    assert sidecar("sessions", "rename", first[:13], "A better title").status == 0
    assert sidecar("sessions", "resume", first).status == 0
    listed = sidecar("sessions", "list", "--file", "stats.py", "--format", "json").json["sessions"]
    assert {each["sessionId"]: each["current"] for each in listed} == {
        first: True,
        second.json["sessionId"]: False,
    }
    found = sidecar("sessions", "list", "--query", "better", "--format", "json").json["sessions"]
    assert [each["title"] for each in found] == ["A better title"]

    exported = sidecar("sessions", "export", first, "--output", "out.md")
    assert exported.status == 0
    assert "The first?" in (sidecar.folder / "out.md").read_text(encoding="utf-8")

    refused = sidecar("sessions", "delete", first)
    assert (refused.status, "--yes" in refused.err) == (2, True)
    assert sidecar("sessions", "delete", first, "--yes").status == 0
    gone = sidecar("sessions", "show", first)
    assert (gone.status, gone.out) == (2, "")
    assert first in gone.err


def test_usage_is_the_sum_of_what_turns_cost(sidecar: CommandLine, threaded_model: Model) -> None:
    threaded_model.script.reply(say("One.")).reply(say("Two."))
    costs = [
        sidecar("ask", text, "--format", "json").json["cost"]["turnUsd"] for text in ("1?", "2?")
    ]

    report = sidecar("usage", "--since", "1d", "--format", "json").json

    assert report["turns"] == 2
    assert report["costUsd"] == pytest.approx(sum(costs)) == billed_usd(threaded_model.billed)
    ((session,), (model,)) = report["bySession"], report["byModel"]
    assert (session["turns"], model["turns"]) == (2, 2)
    assert (report["byFile"][0]["costUsd"], report["budgets"]) == (report["costUsd"], [])
    assert f"${sum(costs):.4f} in 2 turns" in sidecar("usage").out

    assert sidecar("sessions", "delete", session["sessionId"], "--yes").status == 0
    after = sidecar("usage", "--format", "json").json
    assert after["costUsd"] == report["costUsd"], "it was paid for"
    assert "title" not in after["bySession"][0]


def test_an_interrupted_turn_is_cancelled_and_kept(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    gate = Gate()
    threaded_model.script.reply(say("Half an "), pause(gate), say("answer.")).reply(say("Again."))

    with sidecar.started("ask", "A long question") as process:
        gate.reached.wait_blocking()
        status, _, err = interrupt(process)
    gate.open()

    assert status == 130
    assert "Cancelled" in err
    [turn] = sidecar("sessions", "show", "--format", "json").json["turns"]
    assert turn["stopReason"] == "cancelled"
    assert sidecar("ask", "Once more").out == "Again.\n"


def test_a_settings_file_with_mistakes_is_told_and_does_not_hinder(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    config = Path(sidecar.environment["XDG_CONFIG_HOME"]) / "claude-sidecar" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[claudeSidecar]\nmodle = 'x'\n")
    threaded_model.script.reply(say("Fine."))

    done = sidecar("ask", "Well?")

    assert (done.status, done.out) == (0, "Fine.\n")
    assert "claudeSidecar.modle is not a setting" in done.err


@pytest.mark.usefixtures("threaded_model")
def test_an_sdk_that_cannot_be_loaded_is_named_at_once(
    sidecar: CommandLine, environment: dict[str, str], tmp_path: Path
) -> None:
    """By a broken installation, say: every turn and `doctor` tell it, and the sidecar lives on."""
    package = tmp_path / "broken" / "claude_agent_sdk"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('built for another Python')\n")
    broken = CommandLine(sidecar.folder, {**environment, "PYTHONPATH": str(package.parent)})

    asked, diagnosed = broken("ask", "Why?", "--file", "stats.py"), broken("doctor")

    for said in (asked.err, diagnosed.out):
        assert "The Claude Agent SDK cannot be loaded: built for another Python" in said
        assert "Install claude-sidecar anew" in said
    assert 0 not in (asked.status, diagnosed.status)
