"""What Claude may do without asking: a session's mode, and what was allowed for good, taken back."""

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


def test_a_mode_is_chosen_before_the_first_prompt_and_changed_after_it(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(
        call("Read", file_path=str(project / "stats.py")),
    ).reply(
        call("Edit", file_path=str(project / "stats.py"), old_string=OLD, new_string=NEW),
    ).reply(say("Mended.")).reply(
        call("Bash", command="touch made", description="Make a file"),
    ).reply(say("It was not allowed."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.inside.get_by_role("button", name="asks first").click()
    expect(window.rows.filter(has_text="Ask first")).to_contain_text("as it is now")
    window.picture(parts.PICTURES / "modes.png")
    window.rows.filter(has_text="Allow edits").click()
    expect(panel.inside.get_by_role("button", name="edits allowed")).to_be_visible()
    panel.say("Mend mean()")
    expect(panel.turns).to_contain_text("Mended.")
    expect(window.editor).to_contain_text("max(len(numbers), 1)")

    window.command("Claude Sidecar: Choose Mode")
    window.rows.filter(has_text="What would be asked about is refused").click()
    expect(panel.inside.get_by_role("button", name="asks nothing")).to_be_visible()
    panel.say("Make a file")
    expect(panel.turns.last).to_contain_text("It was not allowed.")
    assert not (project / "made").exists()


def test_what_was_allowed_for_good_is_listed_and_taken_back(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    for answer in ("Made.", "Made again.", "Not any more."):
        scripted.script.reply(call("Bash", command="touch made", description="Make a file")).reply(
            say(answer)
        )
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Make it")
    panel.asks.get_by_role("button", name=re.compile("session")).first.click()
    expect(panel.turns.last).to_contain_text("Made.")
    panel.say("Once more")
    expect(panel.turns.last).to_contain_text("Made again.")

    window.command("Claude Sidecar: Permissions")
    kept = window.rows.filter(has_text="touch")
    expect(kept).to_contain_text("allowed in one session")
    window.picture(parts.PICTURES / "permissions.png")
    kept.click()
    expect(kept).to_have_count(0)
    window.page.keyboard.press("Escape")
    panel.say("And now?")
    panel.choose("Refuse")
    expect(panel.turns.last).to_contain_text("Not any more.")
