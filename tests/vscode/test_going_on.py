"""Going on and going back: steps from the one that failed, a fork from an earlier turn, files as they were."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from vscode.conftest import Opener

OLD = "    return sum(numbers) / len(numbers)\n"
NEW = "    return sum(numbers) / max(len(numbers), 1)\n"


def test_steps_are_resumed_from_the_one_that_failed(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.when("Step one").reply(say("One is done."))
    scripted.script.when("Step two").fail(400, times=3).reply(say("Two is done."))
    scripted.script.when("Step three").reply(say("Three is done."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    window.command("Claude Sidecar: Run Steps")
    for step in ("Step one", "Step two", "Step three", ""):
        window.answer(step)
    expect(panel.turns.nth(0)).to_contain_text("One is done.")
    failed = panel.turns.nth(1)
    expect(failed.get_by_role("button", name="Resume the steps")).to_be_visible()
    expect(window.toasts.get_by_role("button", name="Resume Steps")).to_be_visible()
    window.picture(parts.PICTURES / "steps-failed.png")
    failed.get_by_role("button", name="Resume the steps").click()
    expect(panel.turns.last).to_contain_text("Three is done.")
    expect(panel.turns.filter(has_text="Two is done.")).to_be_visible()
    assert "One is done." in str(scripted.requests[-1].messages)
    assert str(scripted.requests[-1].messages).count("Step one") == 1


def test_a_fork_has_what_was_said_up_to_the_turn_it_parts_from(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("The first.")).reply(say("The second.")).reply(say("The third."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Where to begin?")
    expect(panel.turns.last).to_contain_text("The first.")
    panel.say("And then?")
    expect(panel.turns.last).to_contain_text("The second.")
    panel.turns.first.get_by_role("button", name="Fork from after this turn").click()
    expect(panel.turns).to_have_count(1)
    panel.say("Or else?")
    expect(panel.turns.last).to_contain_text("The third.")
    asked = str(scripted.requests[-1].messages)
    assert "Where to begin?" in asked
    assert "And then?" not in asked


def test_what_could_not_be_put_back_is_named_with_the_reason(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(
        call("Read", file_path=str(project / "stats.py")),
    ).reply(
        call("Edit", file_path=str(project / "stats.py"), old_string=OLD, new_string=NEW),
    ).reply(say("Mended."))
    window = open_window(project, {"claudeSidecar.permissionMode": "acceptEdits"})
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Mend mean()")
    expect(panel.turns).to_contain_text("Mended.")
    expect(window.editor).to_contain_text("max(len(numbers), 1)")
    window.go_to(1)
    window.page.keyboard.type("# mine\n")
    expect(window.editor).to_contain_text("# mine")
    window.command("Claude Sidecar: Rewind Files")
    window.rows.filter(has_text="Mend mean()").click()
    asked = window.toast(re.compile("changed since"))
    window.picture(parts.PICTURES / "rewind-asks.png")
    asked.get_by_role("button", name=re.compile("[Ll]eave|[Kk]eep|[Nn]o|Cancel")).first.click()
    window.toast(re.compile("Not put back: stats.py. .*changed since"))
    window.picture(parts.PICTURES / "rewind-refused.png")
    expect(window.editor).to_contain_text("# mine")
    expect(window.editor).to_contain_text("max(len(numbers), 1)")
