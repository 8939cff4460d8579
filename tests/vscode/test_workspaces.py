"""Windows of several roots, and workspaces that are not trusted."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from claude_sidecar.offline.script import say
from support.model import Model
from support.vscode.browsing import page_at
from support.vscode.serving import code_server
from support.vscode.window import Window
from vscode.conftest import TESTED_SERVER, Opener


def test_each_root_is_a_workspace_of_its_own(
    open_window: Opener, tmp_path: Path, scripted: Model
) -> None:
    for root, text in (("first", "ONE = 1\n"), ("second", "TWO = 2\n")):
        (tmp_path / root).mkdir()
        (tmp_path / root / "same.py").write_text(text, encoding="utf-8")
    scripted.script.when("About the first").reply(say("It is one."))
    scripted.script.when("About the second").reply(say("It is two."))
    window = open_window(tmp_path, roots=("first", "second"))
    window.open_file("first/same.py")
    panel = window.panel()
    panel.say("About the first?")
    expect(panel.turns).to_contain_text("It is one.")
    window.open_file("second/same.py")
    expect(panel.state).to_contain_text("No conversation about same.py yet")
    panel.say("About the second?")
    expect(panel.turns).to_contain_text("It is two.")
    window.open_file("first/same.py")
    expect(panel.turns).to_contain_text("It is one.")
    assert "About the first" not in str(scripted.requests[-1].messages)


def test_a_workspace_that_is_not_trusted_names_no_programs(
    chromium: Browser, tmp_path: Path, project: Path, vsix: Path
) -> None:
    mine = {
        "claudeSidecar.server.path": str(TESTED_SERVER),
        "claudeSidecar.store.url": str(tmp_path / "store.sqlite3"),
        "claudeSidecar.offline": True,
    }
    theirs = {"claudeSidecar.server.path": "/nowhere/stranger"}
    (project / ".vscode").mkdir()
    (project / ".vscode" / "settings.json").write_text(json.dumps(theirs), encoding="utf-8")
    with code_server(tmp_path / "code", [vsix], mine, trust=False) as served:
        page = page_at(chromium, served.address(project))
        window = Window(page)
        window.wait_until_started()
        expect(page.get_by_text("Restricted Mode").first).to_be_visible()
        window.open_file("stats.py")
        window.command("Claude Sidecar: Review File")
        expect(window.squiggles().first).to_be_visible()
        page.context.close()
