"""Permissions and questions, answered in the panel."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from vscode.conftest import Opener

OLD = "    return sum(numbers) / len(numbers)\n"
NEW = "    return sum(numbers) / max(len(numbers), 1)\n"


def test_an_edit_is_allowed_seen_in_the_buffer_and_undone(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(
        call("Read", file_path=str(project / "stats.py")),
    ).reply(
        call("Edit", file_path=str(project / "stats.py"), old_string=OLD, new_string=NEW),
    ).reply(say("Done."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Mend mean()")
    expect(panel.asks).to_be_visible()
    expect(panel.asks.locator(".added")).to_contain_text("max(len(numbers), 1)")
    expect(panel.asks.locator(".removed")).to_contain_text("len(numbers)")
    expect(window.status).to_contain_text("Claude asks")
    panel.asks.get_by_role("button", name="Open the diff").click()
    expect(window.page.locator(".monaco-diff-editor")).to_be_visible()
    window.page.keyboard.press("Control+W")
    expect(window.editor).not_to_contain_text("max(len(numbers), 1)")

    window.command("Claude Sidecar: Answer Claude")
    first = panel.asks.get_by_role("button", name="Allow").first
    expect(first).to_be_focused()
    first.press("1")
    expect(panel.turns).to_contain_text("Done.")
    expect(panel.asks).to_have_count(0)
    expect(window.editor).to_contain_text("max(len(numbers), 1)")
    expect(panel.turns.locator(".tool[data-status=completed]")).to_have_count(2)

    window.editor.locator(".view-lines").click()
    window.page.keyboard.press("Control+Z")
    expect(window.editor).not_to_contain_text("max(len(numbers), 1)")


def test_what_is_refused_is_not_done_and_a_question_is_answered(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    question = {
        "question": "Which list?",
        "header": "Scope",
        "multiSelect": False,
        "options": [
            {"label": "Empty ones", "description": "the edge case"},
            {"label": "All", "description": "every list"},
        ],
    }
    scripted.script.reply(call("Bash", command="touch made", description="Make a file")).reply(
        call("AskUserQuestion", questions=[question])
    ).reply(say("As you like."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Go")
    expect(panel.asks.get_by_label("What it would run")).to_have_text("touch made")
    reason = panel.asks.get_by_label("Words for Claude, if you refuse")
    reason.fill("1 file is enough")
    reason.press("Enter")
    expect(panel.asks.get_by_text("Which list?")).to_be_visible()
    panel.asks.get_by_role("radio", name="All").check()
    panel.choose(re.compile("^Answer$"))
    expect(panel.turns).to_contain_text("As you like.")
    assert not (project / "made").exists()
    assert "All" in str(scripted.requests[-1].messages[-1])
    assert any("1 file is enough" in str(request.messages) for request in scripted.requests)
