"""The conversation stays with its file: over a reload, another file, an older session."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import say
from support.model import Model
from support.vscode import parts
from support.vscode.panel import Panel
from vscode.conftest import Opener


def test_the_conversation_follows_the_file_and_outlives_the_window(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("It divides.")).reply(say("It adds.")).reply(say("By zero."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    expect(panel.state).to_contain_text("No conversation about stats.py yet")
    panel.say("What does it do?")
    expect(panel.turns).to_contain_text("It divides.")

    window.open_file("ledger.py")
    expect(panel.state).to_contain_text("No conversation about ledger.py yet")
    panel.say("And this?")
    expect(panel.turns).to_contain_text("It adds.")

    panel.prompt.fill("half a thought")
    window.page.get_by_role("button", name="Keep Showing This Conversation").click()
    window.open_file("stats.py")
    expect(panel.turns).to_contain_text("It adds.")
    window.page.get_by_role("button", name="Follow the Active Editor").click()
    expect(panel.turns).to_contain_text("It divides.")

    window.reload()
    panel = Panel(window.page)
    expect(panel.turns).to_contain_text("It divides.")
    expect(panel.prompt).to_have_value("half a thought")
    panel.say("By what?")
    expect(panel.turns.last).to_contain_text("By zero.")
    assert "It divides." in str(scripted.requests[-1].messages)


def test_a_new_session_is_begun_and_the_older_one_resumed(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("The first answer.")).reply(say("The second.")).reply(say("Third."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Remember the first")
    expect(panel.turns).to_contain_text("The first answer.")
    window.page.get_by_role("button", name="New Session").click()
    expect(panel.state).to_contain_text("No conversation about stats.py yet")
    panel.say("Something else")
    expect(panel.turns).to_contain_text("The second.")
    assert "Remember the first" not in str(scripted.requests[-1].messages)

    window.command("Claude Sidecar: Focus on Sessions View")
    expect(window.page.get_by_role("treeitem", name="Remember the first").first).to_be_visible()
    window.picture(parts.PICTURES / "sessions.png")
    window.page.get_by_role("button", name="Resume Session").first.click()
    window.rows.filter(has_text="Remember the first").click()
    expect(panel.turns).to_contain_text("The first answer.")
    panel.say("And again?")
    expect(panel.turns.last).to_contain_text("Third.")
    assert "Remember the first" in str(scripted.requests[-1].messages)
    assert "Something else" not in str(scripted.requests[-1].messages)


def test_a_prompt_that_is_sent_before_a_new_session_is_seen_goes_to_that_one(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("The first answer.")).reply(say("The second."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Remember the first")
    expect(panel.turns).to_contain_text("The first answer.")
    panel.prompt.fill("Something else")
    window.page.get_by_role("button", name="New Session").click()
    panel.prompt.press("Enter")
    expect(panel.turns).to_contain_text("The second.")
    expect(panel.turns).to_have_count(1)
    assert "Remember the first" not in str(scripted.requests[-1].messages)


def test_the_conversation_moves_to_the_secondary_side_bar(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("It divides.")).reply(say("By zero."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("What does it do?")
    expect(panel.turns).to_contain_text("It divides.")
    panel.prompt.fill("half a thought")

    window.command("View: Move View")
    window.rows.filter(has_text="Claude").filter(has_text="Claude Sidecar").first.click()
    window.rows.filter(has_text="New Secondary Side Bar Entry").click()
    aside = window.page.locator("[id='workbench.parts.auxiliarybar']")
    expect(aside.get_by_role("button", name="New Session")).to_be_visible()
    expect(panel.turns).to_contain_text("It divides.")
    expect(panel.prompt).to_have_value("half a thought")
    window.picture(parts.PICTURES / "secondary-side-bar.png")
    panel.say("By what?")
    expect(panel.turns.last).to_contain_text("By zero.")
