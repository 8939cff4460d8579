"""Asking in the panel: the reply as it streams in, its code, stopping it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say, think
from support.model import Model
from support.vscode import parts
from vscode.conftest import Opener

CODE = "def mean(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\n"


def test_a_reply_is_shown_while_it_is_said(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    gate = Gate()
    scripted.script.reply(
        think("The list may be empty."),
        say("An **empty list** divides by zero.\n\n", "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"),
        pause(gate),
        say(
            f"```python\n{CODE}```\n\n",
            'And <img src="http://nowhere.test/x"> [this](stats.py#L5).',
        ),
    )
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("What is wrong with mean?")
    expect(panel.turns.locator("strong")).to_have_text("empty list")
    expect(panel.turns.get_by_text("Working…")).to_be_visible()
    expect(panel.turns.get_by_text("The list may be empty.")).to_be_hidden()
    panel.turns.get_by_text("Thinking").click()
    expect(panel.turns.get_by_text("The list may be empty.")).to_be_visible()
    gate.open()
    expect(panel.turns.locator("code .hljs-keyword").first).to_have_text("def")
    expect(panel.turns.get_by_text("Working…")).to_be_hidden()
    assert panel.transcript.locator("img").count() == 0
    expect(panel.transcript).to_contain_text('<img src="http://nowhere.test/x">')
    expect(panel.title).not_to_be_empty()

    panel.turns.get_by_role("button", name="Copy").click()
    expect(window.page.get_by_text("Copied")).to_be_visible()
    assert window.page.evaluate("navigator.clipboard.readText()") == CODE.rstrip("\n")

    panel.turns.get_by_role("button", name="Apply to the file").click()
    expect(window.page.locator(".monaco-diff-editor")).to_be_visible()
    window.toast("Apply this change to stats.py?").get_by_role("button", name="Apply").click()
    expect(window.page.locator(".monaco-diff-editor")).to_be_hidden()
    expect(window.editor).to_contain_text("if numbers else 0.0")
    expect(window.editor).to_contain_text("loudest")

    panel.turns.get_by_role("link", name="this").click()
    expect(window.page.get_by_text("Ln 5, Col 1")).to_be_visible()
    assert "What is wrong with mean?" in str(scripted.requests[0].messages)


def test_a_turn_that_did_not_end_well_is_continued_and_one_is_tried_again_by_command(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    never = Gate()
    scripted.script.reply(say("It begins, "), pause(never)).reply(say("and goes on."))
    scripted.script.when("And now?").fail(400, times=3).reply(say("Fine."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Go on for ever")
    expect(panel.turns).to_contain_text("It begins,")
    panel.prompt.press("Escape")
    expect(panel.turns).to_contain_text("Cancelled.")
    expect(panel.stop).to_be_hidden()
    never.open()
    window.command("Claude Sidecar: Continue Turn")
    expect(panel.turns.last).to_contain_text("and goes on.")
    expect(panel.stop).to_be_hidden()
    assert "Go on for ever" in str(scripted.requests[-1].messages)

    panel.say("And now?")
    expect(panel.turns.last.get_by_role("button", name="Try again")).to_be_visible()
    window.command("Claude Sidecar: Try Turn Again")
    expect(panel.turns.last).to_contain_text("Fine.")
    asked = str(scripted.requests[-1].messages)
    assert "and goes on." in asked
    assert asked.count("And now?") == 1


def test_a_prompt_that_is_sent_while_claude_works_is_seen_to_wait(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    gate = Gate()
    scripted.script.when("first?").reply(say("It begins, "), pause(gate), say("and it ends."))
    scripted.script.when("second?").reply(say("Second."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("first?")
    expect(panel.turns).to_contain_text("It begins,")
    panel.say("second?")
    expect(panel.turns).to_contain_text(["first?", "second?"])
    expect(panel.turns.last).to_contain_text("Waiting for the turns before it.")
    window.picture(parts.PICTURES / "queued.png")
    gate.open()
    expect(panel.turns.first).to_contain_text("and it ends.")
    expect(panel.turns.last).to_contain_text("Second.")
    expect(panel.turns).to_have_count(2)
    expect(panel.stop).to_be_hidden()


def test_what_is_typed_is_completed_and_called_back(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("Noted.")).reply(say("Again."))
    window = open_window(project)
    window.open_file("stats.py")
    window.page.keyboard.press("Control+A")
    panel = window.panel()
    panel.type("See @led")
    suggestion = panel.inside.get_by_role("option", name="ledger.py")
    expect(suggestion).to_have_attribute("aria-selected", "true")
    panel.prompt.press("Tab")
    expect(panel.prompt).to_have_value("See @ledger.py ")
    panel.inside.get_by_role("button", name="Add stats.py:1-10").click()
    expect(panel.inside.get_by_role("button", name="Leave out stats.py:1-10")).to_be_visible()
    panel.prompt.press("Enter")
    expect(panel.turns).to_contain_text("Noted.")
    asked = str(scripted.requests[0].messages)
    assert "See @ledger.py" in asked
    assert "`stats.py:1-10`" in asked

    panel.prompt.press("ArrowUp")
    expect(panel.prompt).to_have_value("See @ledger.py")
    panel.prompt.press("ArrowDown")
    panel.prompt.fill("")
    panel.type("/re")
    expect(panel.inside.get_by_role("option", name="/review")).to_be_visible()
    expect(panel.inside.get_by_role("option", name="/resume")).to_be_visible()
    panel.prompt.press("Escape")
    expect(panel.inside.get_by_role("option")).to_have_count(0)
    panel.prompt.fill("/usage")
    panel.prompt.press("Enter")
    expect(window.page.get_by_role("tab", name="Claude usage")).to_be_visible()


def test_a_prompt_that_is_changed_goes_on_in_a_fork(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("The first.")).reply(say("The second.")).reply(say("The other."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Where to begin?")
    expect(panel.turns.last).to_contain_text("The first.")
    panel.say("And thne?")
    expect(panel.turns.last).to_contain_text("The second.")
    panel.turns.last.get_by_role("button", name="Edit and send again").click()
    expect(panel.prompt).to_have_value("And thne?")
    panel.say("And then?")
    expect(panel.turns.last).to_contain_text("The other.")
    expect(panel.turns).to_have_count(2)
    asked = str(scripted.requests[-1].messages)
    assert "Where to begin?" in asked
    assert "And thne?" not in asked
