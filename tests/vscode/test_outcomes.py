"""What a turn comes to besides its reply: a fix that was looked at again, a conversation that was summarised."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from vscode.conftest import Opener

OLD = "    return sum(numbers) / len(numbers)\n"
WRONG = "    return sum(numbers) / max(len(numbers), 1) + 1\n"
RIGHT = "    return sum(numbers) / max(len(numbers), 1)\n"
CHECK = shlex.join([sys.executable, "-c", "from stats import mean; assert mean([]) == 0"])

SUMMARY = "The developer asked twice; the answer is 4711."
NEARLY_FULL = TokenUsage(input=975_000, output=50)
LONG = " word" * 20_000


def test_a_fix_is_looked_at_again_and_the_outcome_is_shown(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    file = {"file_path": str(project / "stats.py")}
    scripted.script.reply(call("Read", **file)).reply(
        call("Edit", **file, old_string=OLD, new_string=WRONG)
    ).reply(say("Mended, I think.")).reply(
        call("Edit", **file, old_string=WRONG, new_string=RIGHT)
    ).reply(say("Now it is.")).reply(say("It has nothing to do with the file."))
    window = open_window(
        project,
        {"claudeSidecar.debug.attempts": 1, "claudeSidecar.permissionMode": "acceptEdits"},
    )
    window.open_file("stats.py")
    panel = window.panel()
    for command, outcome in (
        (CHECK, "Still failing after 1 change"),
        (CHECK, "Verified by"),
        ("exit 3", "Not verified: Nothing was changed"),
    ):
        window.command("Claude Sidecar: Debug Failing Command")
        window.answer(command)
        expect(panel.asks.get_by_label("What it would run")).to_have_text(command)
        panel.asks.get_by_role("button", name="Allow").first.click()
        expect(panel.turns.last.locator(".card")).to_contain_text(outcome)
        name = outcome.split(":")[0].split(" after")[0].lower().replace(" ", "-")
        window.picture(parts.PICTURES / f"fix-{name}.png")
        window.dismiss_toasts()
    failing = panel.turns.first.locator(".card")
    expect(failing.get_by_label("What fails")).to_contain_text("AssertionError")
    expect(panel.turns.nth(1).get_by_label("What fails")).to_have_count(0)
    assert panel.violations() == []
    assert RIGHT in (project / "stats.py").read_text(encoding="utf-8")


def wants_summary(request: MessagesRequest) -> bool:
    return request.is_auxiliary


def test_a_full_conversation_is_warned_of_and_what_was_kept_of_it_is_shown(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.when("One?").reply(say("It is 4711."), usage=NEARLY_FULL)
    scripted.script.when("Two?").reply(say("As I said."), usage=TokenUsage(input=9_000, output=9))
    scripted.script.when(wants_summary).reply(say(f"<summary>\n{SUMMARY}\n</summary>")).forever()
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("One?" + LONG)
    expect(panel.turns.last).to_contain_text("It is 4711.")
    expect(panel.turns.last.locator(".notice.warning")).to_contain_text("98 %")
    meter = panel.meters.get_by_role("meter")
    expect(meter).to_have_attribute("aria-valuenow", "98")
    expect(panel.meters.locator(".warns")).to_be_visible()
    window.picture(parts.PICTURES / "context-nearly-full.png")
    assert panel.violations() == []

    panel.say("Two?" + LONG)
    turn = panel.turns.last
    expect(turn).to_contain_text("As I said.")
    kept = turn.get_by_text("The conversation was summarised")
    expect(kept).to_be_visible()
    expect(turn.get_by_text(SUMMARY)).to_be_hidden()
    kept.click()
    expect(turn.get_by_text(SUMMARY)).to_be_visible()
    expect(panel.meters.locator(".warns")).to_have_count(0)
    window.picture(parts.PICTURES / "compacted-by-itself.png")

    panel.say("/compact the number")
    expect(panel.turns.last).to_contain_text(SUMMARY)
    expect(panel.turns.last.get_by_text("The conversation was summarised")).to_be_visible()
    window.picture(parts.PICTURES / "compacted.png")
    assert panel.violations() == []
    asked = [each.request for each in scripted.exchanges if each.request.is_auxiliary]
    assert "the number" in asked[-1].last_prompt
