"""Findings outside the editor: logs for other tools, lists, decisions; the real CLI, a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import Rule, call, pause, say
from support.command_line import CommandLine, interrupt
from support.model import Model
from support.sarif import file_of, region_of, run_of, text_at

REPORT = "mcp__sidecar__report_finding"
QUOTE = "return sum(numbers) / len(numbers)"
OTHER = "s = '👍', eval(x)\n"


@pytest.fixture
def sidecar(workspace: Path, environment: dict[str, str]) -> CommandLine:
    (workspace / "other.py").write_text(OTHER, encoding="utf-8")
    return CommandLine(workspace, environment)


def _finds(rule: Rule, title: str = "Division by zero", **more: str) -> Rule:
    """The model's part in a review of stats.py: one finding, and a closing word."""
    report: dict[str, Any] = {
        "file": "stats.py",
        "quote": QUOTE,
        "severity": "error",
        "category": "bug",
        "title": title,
        "message": "`len` is 0.",
        **more,
    }
    return rule.reply(call(REPORT, **report)).reply(say("Done."))


def _only(sidecar: CommandLine, *arguments: str) -> dict[str, Any]:
    """The one finding that is listed."""
    done = sidecar("findings", "list", "--format", "json", *arguments)
    assert (done.status, done.err) == (0, "")
    [finding] = done.json["findings"]
    return finding


def test_a_review_of_several_files_is_one_sarif_log(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    script = threaded_model.script
    _finds(script.when("stats.py"), replacement="return 0")
    _finds(
        script.when("other.py"),
        file="other.py",
        quote="eval(x)",
        severity="hint",
        category="security",
    )

    done = sidecar(
        "review", "stats.py", "missing.py", "other.py", "--format", "sarif", "--fail-on", "error"
    )

    assert done.status == 2
    assert "missing.py" in done.err
    run = run_of(done.out)
    first, second = run["results"]
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"] for result in (first, second)
    ]
    assert [file_of(run, place).name for place in places] == ["stats.py", "other.py"]
    assert [(each["ruleId"], each["level"]) for each in (first, second)] == [
        ("bug", "error"),
        ("security", "note"),
    ]
    assert text_at(OTHER, region_of(second)) == "eval(x)"
    assert len(first["fixes"]) == 1
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["descriptor"]["id"] == "not-reviewed"
    assert "missing.py" in notification["message"]["text"]


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "sarif"])
def test_findings_fail_a_build_in_every_format(
    sidecar: CommandLine, threaded_model: Model, output_format: str
) -> None:
    _finds(threaded_model.script.when("stats.py"), severity="warning").reply(say("Nothing else."))
    arguments = ("review", "stats.py", "--format", output_format, "--fail-on")

    assert sidecar(*arguments, "warning").status == 1
    assert sidecar(*arguments, "warning").status == 0


def test_a_review_that_fails_says_so_in_its_log(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    threaded_model.script.fail(400, "The model is not what it was.").forever()

    done = sidecar("review", "stats.py", "--format", "sarif", "--fail-on", "hint")

    assert done.status == 3
    [invocation] = run_of(done.out)["invocations"]
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["descriptor"]["id"] == "turn-failed"
    assert "The model is not what it was." in notification["message"]["text"]


def test_a_dismissal_is_remembered_whatever_the_next_review_calls_it(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    script = threaded_model.script
    _finds(_finds(script.when("stats.py")), title="An empty list is not handled")
    sidecar("review", "stats.py")
    found = _only(sidecar)

    dismissed = sidecar("findings", "dismiss", found["id"][:8], "--reason", "Never\nempty.")
    again = sidecar("review", "stats.py", "--format", "sarif", "--fail-on", "hint")

    assert dismissed.out == f"Dismissed 'Division by zero', finding {found['id']}\n"
    assert again.status == 0
    [result] = run_of(again.out)["results"]
    assert result["guid"] == found["id"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "Never empty."}
    ]
    assert sidecar("findings", "list").out == ""
    listed = sidecar("findings", "list", "--state", "dismissed").out
    assert listed.split("\t") == [
        found["id"],
        "stats.py:2:5",
        "error",
        "bug",
        "dismissed: Never empty.",
        "Division by zero\n",
    ]
    markdown = sidecar("findings", "list", "--state", "all", "--format", "markdown").out
    assert "### error: Division by zero (line 2, bug, dismissed)" in markdown
    assert "**Dismissed:** Never empty." in markdown

    reopened = sidecar("findings", "reopen", found["id"])
    assert reopened.out == f"'Division by zero' is open, finding {found['id']}\n"
    assert _only(sidecar)["state"] == "open"
    shown = sidecar("findings", "show", found["id"][:8]).out
    assert shown.startswith("stats.py:2:5: error: Division by zero [bug]\n")
    assert shown.endswith(f"  open, finding {found['id']}\n")


def test_findings_are_listed_where_they_are_today(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    _finds(threaded_model.script.when("stats.py"))
    sidecar("review", "stats.py")
    file = sidecar.folder / "stats.py"
    text = file.read_text(encoding="utf-8")

    file.write_text(f"import sys\n\n{text}", encoding="utf-8")
    assert _only(sidecar, "stats.py")["range"]["start"] == {"line": 3, "character": 4}
    assert sidecar("findings", "list", "other.py", "--format", "json").json == {"findings": []}

    file.write_text("import sys\n", encoding="utf-8")
    assert sidecar("findings", "list").out == ""
    run = run_of(sidecar("findings", "list", ".", "--state", "stale", "--format", "sarif").out)
    [result] = run["results"]
    assert (result["kind"], result["level"]) == ("open", "none")
    assert region_of(result)["snippet"]["text"] == QUOTE

    file.write_text(text, encoding="utf-8")
    assert _only(sidecar)["range"]["start"] == {"line": 1, "character": 4}


def test_an_unknown_finding_is_wrong_usage(sidecar: CommandLine, threaded_model: Model) -> None:
    for words in (("dismiss", "0123"), ("reopen", ""), ("show", "0" * 36)):
        done = sidecar("findings", *words)
        assert (done.status, done.out) == (2, "")
        assert "Unknown finding" in done.err


def test_files_are_reviewed_side_by_side_and_shown_in_their_order(
    sidecar: CommandLine, threaded_model: Model
) -> None:
    script, gates = threaded_model.script, {"stats.py": Gate(), "other.py": Gate()}
    for name, gate in gates.items():
        script.when(name).reply(say(f"About {name}. "), pause(gate), say("That is all."))

    with sidecar.started("review", "stats.py", "other.py") as process:
        for gate in gates.values():
            gate.reached.wait_blocking()
        gates["other.py"].open()
        gates["stats.py"].open()
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (0, "")
    lines = [line.partition(" · ")[0].strip() for line in out.splitlines() if line]
    assert lines == [
        "About stats.py.",
        "That is all.",
        "stats.py: no findings",
        "About other.py.",
        "That is all.",
        "other.py: no findings",
    ]


def test_ctrl_c_cancels_all_reviews(sidecar: CommandLine, threaded_model: Model) -> None:
    script, gates = threaded_model.script, {"stats.py": Gate(), "other.py": Gate()}
    for name, gate in gates.items():
        script.when(name).reply(say("Let me see. "), pause(gate), say("That is all."))

    with sidecar.started("review", "stats.py", "other.py", "--format", "sarif") as process:
        for gate in gates.values():
            gate.reached.wait_blocking()
        status, out, err = interrupt(process)
    for gate in gates.values():
        gate.open()

    assert status == 130
    assert err.count("Cancelled") == 2
    [invocation] = run_of(out)["invocations"]
    assert [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]] == [
        "turn-incomplete",
        "turn-incomplete",
    ]
    for name in gates:
        shown = sidecar("sessions", "show", "--file", name, "--format", "json").json
        assert [turn["stopReason"] for turn in shown["turns"]] == ["cancelled"]
