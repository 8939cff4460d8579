"""Windows of several roots, and workspaces that are not trusted or on no disk."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import companion, parts
from support.vscode.browsing import page_at
from support.vscode.serving import CodeServer, code_server
from support.vscode.views import Views
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
    reviews = scripted.script.when("Review the file")
    for name in ("ONE", "TWO"):
        reviews.reply(
            call(
                "mcp__sidecar__report_finding",
                file="same.py",
                quote=f"{name} = ",
                severity="error",
                category="naming",
                title=f"{name} is a poor name",
                message="It says what it is, and not what it is for.",
            )
        ).reply(say("One finding."))
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

    for root in ("first", "second"):
        window.open_file(f"{root}/same.py")
        window.command("Claude Sidecar: Review File")
        expect(window.squiggles("error").first).to_be_visible()
    views = Views(window.page)
    window.command("Claude Sidecar: Focus on Sessions View")
    expect(views.rows("Sessions")).to_contain_text(
        ["first", "same.py", "About the first?", "second", "same.py", "About the second?"]
    )
    window.command("Claude Sidecar: Focus on Findings View")
    expect(views.rows("Findings")).to_contain_text(
        ["same.pyfirst · 1", "ONE is a poor name", "same.pysecond · 1", "TWO is a poor name"]
    )
    window.picture(parts.PICTURES / "two-roots.png")


def test_a_workspace_that_is_not_trusted_names_no_programs_and_changes_nothing_until_it_is(
    chromium: Browser, tmp_path: Path, project: Path, vsix: Path, scripted: Model
) -> None:
    mine = {
        "claudeSidecar.server.path": str(TESTED_SERVER),
        "claudeSidecar.store.url": str(tmp_path / "store.sqlite3"),
        "claudeSidecar.env": {"ANTHROPIC_BASE_URL": scripted.url},
    }
    theirs = {
        "claudeSidecar.server.path": "/nowhere/stranger",
        "claudeSidecar.permissionMode": "bypassPermissions",
    }
    (project / ".vscode").mkdir()
    (project / ".vscode" / "settings.json").write_text(json.dumps(theirs), encoding="utf-8")
    scripted.script.reply(
        call("Bash", command="touch made", description="Make a file"),
    ).reply(say("I may not."))
    with code_server(tmp_path / "code", [vsix], mine, trust=False) as served:
        page = page_at(chromium, served.address(project))
        window = Window(page)
        window.wait_until_started()
        expect(page.get_by_text("Restricted Mode").first).to_be_visible()
        window.open_file("stats.py")
        panel = window.panel()
        panel.say("Make it")
        expect(panel.turns).to_contain_text("I may not.")
        expect(panel.asks).to_have_count(0)
        assert not (project / "made").exists()
        window.picture(parts.PICTURES / "restricted.png")

        window.command("Workspaces: Manage Workspace Trust")
        page.locator(".workspace-trust-editor").get_by_role("button", name="Trust").first.click()
        window.toast("/nowhere/stranger was not found")
        page.context.close()


def test_a_workspace_that_is_on_no_disk_is_refused_with_what_to_do(
    chromium: Browser, served: CodeServer
) -> None:
    page = page_at(chromium, served.address(companion.VIRTUAL_FOLDER))
    window = Window(page, has_sidecar=False)
    explorer = page.locator(".explorer-folders-view")
    expect(explorer.locator(".monaco-list-row").filter(has_text="far.py")).to_be_visible()
    window.command("Extensions: Show Installed Extensions")
    page.locator(".extensions-list .monaco-list-row").filter(has_text="Claude Sidecar").click()
    about = page.locator(".extension-editor")
    expect(about).to_contain_text("this workspace has none there. Clone it, or open it over Remote")
    expect(window.status).to_have_count(0)
    window.picture(parts.PICTURES / "virtual-workspace.png")
    page.context.close()
