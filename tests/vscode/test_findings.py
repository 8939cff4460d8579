"""Findings where a user meets them: in the list, on the code, in the thread under them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from support.vscode.views import Views
from support.vscode.window import Window
from vscode.conftest import Opener

LINE = "    return sum(numbers) / len(numbers)"


def reported(model: Model) -> None:
    """The model's part in a review: one finding that has a suggestion."""
    model.script.when("Review the file").reply(
        call(
            "mcp__sidecar__report_finding",
            file="stats.py",
            quote=LINE,
            severity="error",
            category="bug",
            title="Division by zero for no numbers",
            message="`len(numbers)` is 0 for an empty list. ![x](https://nowhere.invalid/x.png)",
            failure_scenario="mean([])",
            replacement="    return sum(numbers) / len(numbers) if numbers else 0.0",
        )
    ).reply(say("One defect."))


def reviewed(window: Window) -> tuple[Views, Locator]:
    """Review the file: the lists, and the finding's row in one of them."""
    views = Views(window.page)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles("error").first).to_be_visible()
    window.command("Claude Sidecar: Focus on Findings View")
    row = views.rows("Findings").filter(has_text="Division by zero")
    expect(row).to_be_visible()
    return views, row


def test_a_reply_under_a_finding_goes_to_claude_with_it(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    reported(scripted)
    scripted.script.when("Can it really be empty").reply(say("Yes: `main` passes what it reads."))
    window = open_window(project)
    views, row = reviewed(window)
    row.click()
    thread = views.thread("Division by zero")
    expect(thread).to_contain_text("Fails when: mean([])")
    expect(thread.locator("img[src*=nowhere]")).to_have_count(0)
    views.reply(thread, "Can it really be empty?", "Ask Claude")
    expect(thread).to_contain_text("Yes: main passes what it reads.")
    asked = scripted.requests[-1].last_prompt
    assert "Can it really be empty?" in asked
    assert "Division by zero for no numbers" in asked
    window.picture(parts.PICTURES / "findings-thread.png")


def test_a_suggestion_is_applied_and_undone(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    reported(scripted)
    window = open_window(project)
    views, row = reviewed(window)
    views.act(row, "Apply Suggestion")
    expect(window.editor.locator(".view-lines")).to_contain_text("if numbers else 0.0")
    expect(views.rows("Findings").filter(has_text="Division by zero")).to_have_count(0)
    window.editor.click()
    window.page.keyboard.press("Control+Z")
    expect(window.editor.locator(".view-lines")).not_to_contain_text("if numbers else 0.0")
    expect(views.rows("Findings").filter(has_text="Division by zero")).to_be_visible()


def test_what_is_dismissed_goes_and_can_be_reopened(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    reported(scripted)
    window = open_window(project)
    views, row = reviewed(window)
    views.act(row, "Dismiss")
    window.rows.filter(has_text="Intended").click()
    expect(window.squiggles("error")).to_have_count(0)
    group = views.rows("Findings").filter(has_text="Dismissed")
    group.click()
    row = views.rows("Findings").filter(has_text="Division by zero")
    views.act(row, "Reopen")
    expect(window.squiggles("error").first).to_be_visible()
