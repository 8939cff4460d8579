"""Permissions on a terminal: asked, refused with words, kept, listed and taken back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from claude_sidecar.offline.script import call, say
from support.command_line import PROMPT, CommandLine
from support.model import Model

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


@pytest.fixture
def sidecar(workspace: Path, environment: dict[str, str]) -> CommandLine:
    return CommandLine(workspace, environment)


def test_a_person_refuses_with_words_allows_for_good_changes_the_mode_and_takes_it_back(
    sidecar: CommandLine, threaded_model: Model, workspace: Path
) -> None:
    made = call("Bash", command="touch made")
    threaded_model.script.when("Refuse").reply(made).reply(say("I see."))
    threaded_model.script.when("Allow").reply(made).reply(say("It is made."))
    threaded_model.script.when("Edit").reply(
        call("Write", file_path=str(workspace / "new.py"), content="new = 1\n")
    ).reply(say("It is written."))
    with sidecar.on_terminal("chat") as terminal:
        terminal.expect(PROMPT)
        terminal.type("Refuse it\n")
        terminal.expect("w = Always allow Bash(touch made *) in this workspace")
        terminal.expect("Allow it?")
        terminal.type("n, make it yourself\n")
        terminal.expect("I see.")
        terminal.expect(PROMPT)
        terminal.type("Allow it\n")
        terminal.expect("Allow it?")
        terminal.type("w\n")
        terminal.expect("It is made.")
        terminal.expect(PROMPT)
        terminal.type("/mode acceptEdits\n")
        terminal.expect("In the mode acceptEdits")
        terminal.type("Edit it\n")
        terminal.expect("It is written.")
        terminal.expect(PROMPT)
        terminal.type("/quit\n")
        assert terminal.wait() == 0
    assert (workspace / "made").exists()
    assert (workspace / "new.py").exists()
    said = "\n".join(request.all_text for request in threaded_model.requests)
    assert "The developer refused this. They say: make it yourself" in said
    listed = sidecar("permissions", "list")
    assert (listed.status, listed.err) == (0, "")
    rule, rest = listed.out.split(" ", 1)
    assert rest.strip() == "allowed Bash(touch made *) in the workspace"
    revoked = sidecar("permissions", "revoke", rule)
    assert (revoked.status, revoked.out.startswith(f"Taken back: rule {rule}")) == (0, True)
    assert sidecar("permissions", "list", "--all").out == ""
    assert sidecar("permissions", "revoke", rule).status == 2
