"""What Claude asks and may do: several requests at once, asked again after a restart, plans, and reading only."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import Reply
from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from support.vscode.panel import Panel
from vscode.conftest import Opener

OLD = "    return sum(numbers) / len(numbers)\n"
NEW = "    return sum(numbers) / max(len(numbers), 1)\n"
QUESTION = {
    "question": "Tabs or spaces?",
    "header": "Style",
    "multiSelect": False,
    "options": [
        {"label": "Tabs", "description": "one each"},
        {"label": "Spaces", "description": "four each"},
    ],
}
PLAN = """\
# Guard the division

1. Divide by `max(len(numbers), 1)`
2. Run the tests
"""


def test_what_was_open_when_the_window_closed_is_asked_again(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    fetch = call("WebFetch", url="http://a.invalid/", prompt="What is there?")
    scripted.script.reply(call("AskUserQuestion", questions=[QUESTION]), fetch).reply(say("?"))
    scripted.script.when("Go on.").reply(fetch).reply(say("Fetched."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Fetch it")
    expect(panel.asks).to_have_count(2)
    for number in (1, 2):
        expect(panel.asks.get_by_text(f"Request {number}: 2 wait for an answer.")).to_be_visible()
    window.picture(parts.PICTURES / "two-requests.png")
    assert panel.violations() == []

    window.reload()
    panel = Panel(window.page)
    expect(panel.turns.last).to_contain_text("The server stopped during this turn")
    panel.say("Go on.")
    expect(panel.asks).to_have_count(2)
    expect(panel.asks.get_by_text("Asked again")).to_have_count(2)
    window.picture(parts.PICTURES / "asked-again.png")
    panel.asks.get_by_role("button", name="Allow").first.click()
    expect(panel.asks).to_have_count(1)
    panel.asks.get_by_role("radio", name="Spaces").check()
    panel.choose(re.compile("^Answer$"))
    expect(panel.turns.last).to_contain_text("Fetched.")
    expect(panel.asks).to_have_count(0)
    told = next(each.last_prompt for each in scripted.requests if "Go on." in each.last_prompt)
    assert "The developer allowed this." in told
    assert "Tabs or spaces?: Spaces" in told


def write_plan(request: MessagesRequest) -> Reply:
    """Where Claude Code has told that plans are kept."""
    path = json.dumps(request.body).split("create your plan at ")[1].split(" ")[0]
    return Reply((call("Write", file_path=path, content=PLAN),))


def test_a_plan_is_read_and_approved_which_ends_the_mode(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    file = {"file_path": str(project / "stats.py")}
    read = call("Read", **file)
    scripted.script.reply(read).answer(write_plan).reply(call("ExitPlanMode")).reply(
        call("Edit", **file, old_string=OLD, new_string=NEW)
    ).reply(say("Mended."))
    window = open_window(project, {"claudeSidecar.permissionMode": "plan"})
    window.open_file("stats.py")
    panel = window.panel()
    expect(panel.inside.get_by_role("button", name="plan")).to_be_visible()
    panel.say("Mend mean()")
    expect(panel.asks.get_by_text("Divide by max(len(numbers), 1)")).to_be_visible()
    window.picture(parts.PICTURES / "plan.png")
    assert panel.violations() == []
    panel.asks.get_by_role("button", name=re.compile("Allow|Approve")).first.click()
    expect(panel.asks.locator(".added")).to_contain_text("max(len(numbers), 1)")
    expect(panel.inside.get_by_role("button", name="asks first")).to_be_visible()
    panel.asks.get_by_role("button", name="Allow").first.click()
    expect(panel.turns.last).to_contain_text("Mended.")
    expect(window.editor).to_contain_text("max(len(numbers), 1)")


def test_explaining_changes_nothing_and_asks_nothing(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    file = {"file_path": str(project / "stats.py")}
    scripted.script.when("Explain this code").reply(
        call("Read", **file),
        call("Edit", **file, old_string=OLD, new_string=NEW),
        call("Bash", command="touch made", description="Make a file"),
    ).reply(say("It divides the sum by the number."))
    window = open_window(project)
    window.open_file("stats.py")
    window.page.keyboard.press("Control+A")
    window.command("Claude Sidecar: Explain")
    panel = window.panel()
    expect(panel.turns.last).to_contain_text("It divides the sum by the number.")
    expect(panel.turns.locator(".tool[data-status=failed]")).to_have_count(2)
    expect(panel.asks).to_have_count(0)
    window.picture(parts.PICTURES / "explained.png")
    assert not (project / "made").exists()
    assert OLD in (project / "stats.py").read_text(encoding="utf-8")
