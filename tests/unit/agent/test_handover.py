"""The command line with which a session goes on in a terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from claude_sidecar.agent.handover import terminal_command
from claude_sidecar.sessions.ports import AgentOptions
from support.transcripts import BUNDLED


@pytest.fixture
def on_path(tmp_path: Path) -> str:
    """A folder with a `claude` in it."""
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    return str(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="programs are named otherwise there")
def test_the_users_own_claude_is_taken_and_else_the_one_that_came_with_us(
    on_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = AgentOptions("/work", "")
    monkeypatch.setenv("PATH", "/nowhere")
    without = terminal_command("ID", options, {})
    by_setting = terminal_command("ID", AgentOptions("/work", "", cli_path="/my/claude"), {})
    by_env = terminal_command("ID", options, {"PATH": on_path})
    monkeypatch.setenv("PATH", on_path)
    by_path = terminal_command("ID", options, {})
    assert without.argv == (str(BUNDLED), "--resume", "ID")
    assert by_setting.argv == ("/my/claude", "--resume", "ID")
    assert by_env.argv == by_path.argv == ("claude", "--resume", "ID")
    assert by_path.quoted == "claude --resume ID"
    assert (by_env.cwd, by_env.env) == ("/work", {"PATH": on_path})
