"""What the user has denied in Claude Code's own settings holds for our tools as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.policy import Confinement, Rule, covers
from claude_sidecar.sessions.policy.settings_files import refused_by_files
from support.model import Model
from support.opened import TYPED, opened
from support.sidecars import Desk


def deny(file: Path, *rules: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"permissions": {"deny": list(rules)}}))


@pytest.mark.anyio
async def test_own_tools_do_not_go_round_what_claude_code_is_denied(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    home = Path(environment["CLAUDE_CONFIG_DIR"])
    deny(home / "settings.json", "Read(./private/**)", "Edit(frozen.py)")
    desk.editor.allowing = lambda _: "allow_once"
    private = opened(desk, "private/a.py", typed="secret = 'topsecret'\n")
    frozen = opened(desk, "frozen.py", typed=TYPED)
    edit = {"file": "frozen.py", "old_text": "one = 1", "new_text": "one = 2"}
    model.script.reply(
        call("mcp__sidecar__read_buffer", file="private/a.py"),
        call("Read", file_path=private),
        call("mcp__sidecar__edit_buffer", **edit),
        call("mcp__sidecar__delete_file", file="frozen.py"),
        call("mcp__sidecar__read_buffer", file="frozen.py"),
    ).reply(say("I see."))
    async with desk.open(permission_mode="acceptEdits") as sidecar:
        await sidecar.ask("Try.")
    results = model.requests[-1].tool_results
    results = sorted(results, key=lambda each: int(each.tool_use_id.rpartition("_")[2]))
    assert [each.is_error for each in results] == [True, True, True, True, False]
    assert "topsecret" not in model.requests[-1].all_text
    assert desk.editor.buffers[frozen].text == TYPED
    assert desk.editor.changes == []


def test_the_files_that_hold_are_read_and_others_are_not(tmp_path: Path) -> None:
    home, workspace = tmp_path / "home", tmp_path / "work"
    deny(home / "settings.json", "Read(user)", 3)
    deny(workspace / ".claude" / "settings.json", "Bash")
    (workspace / ".claude" / "settings.local.json").write_text("{ not JSON")
    told = refused_by_files(("user",), home, str(workspace))
    assert told == (Rule("Read", "user"),)
    everything = refused_by_files(("user", "project", "local"), home, str(workspace))
    assert everything == (Rule("Read", "user"), Rule("Bash"))
    for odd in ("[]", '{"permissions": 3}', '{"permissions": {"deny": "Read"}}', "\x00"):
        (home / "settings.json").write_text(odd)
        assert refused_by_files(("user",), home, str(workspace)) == ()


def test_a_rule_about_reading_is_about_buffers_too(tmp_path: Path) -> None:
    rules = (Rule("Read", "./private/**"),)
    confinement = Confinement(str(tmp_path))
    for name, covered in (("private/a.py", True), ("public/a.py", False)):
        use = {"file": name}
        assert (
            covers(rules, "mcp__sidecar__read_buffer", use, confinement, any_part=True) is covered
        )
