"""What a review is to look for and what it may cost, chosen before; all of a file's findings at once after."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from support.vscode.views import Views
from vscode.conftest import Opener

FOUND = {
    "    return sum(numbers) / len(numbers)": "    return sum(numbers) / len(numbers) if numbers else 0.0",
    "    except:": "    except ValueError:",
}


def test_a_review_is_estimated_and_takes_the_points_of_view_that_are_picked(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("Nothing to report.")).reply(say("Nothing again."))
    window = open_window(project)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Estimate Review")
    window.rows.filter(has_text="stats.py").click()
    toast = window.toast("This may cost $")
    window.picture(parts.PICTURES / "estimate.png")
    toast.get_by_role("button", name="Review", exact=True).click()
    window.toast("No findings")
    assert "- security:" not in scripted.requests[0].last_prompt

    window.command("Claude Sidecar: Review for")
    for choice in ("What a hostile input or caller could reach", "Without what was said about"):
        window.rows.filter(has_text=choice).click()
    window.picture(parts.PICTURES / "review-for.png")
    window.page.locator(".quick-input-widget:visible").get_by_role("button", name="OK").click()
    window.toast("No findings")
    panel = window.panel()
    expect(panel.turns).to_have_count(1)
    expect(panel.turns).to_contain_text("Nothing again.")
    assert "- security:" in scripted.requests[-1].last_prompt


def test_all_suggestions_of_a_file_are_applied_in_one_step_and_all_findings_dismissed(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    findings = [
        call(
            "mcp__sidecar__report_finding",
            file="stats.py",
            quote=quote,
            severity="warning",
            category="bug",
            title=f"Better: {better.strip()}"[:80],
            message="It is.",
            replacement=better,
        )
        for quote, better in FOUND.items()
    ]
    scripted.script.reply(*findings).reply(say("Two defects."))
    window = open_window(project)
    views = Views(window.page)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles("warning")).to_have_count(2)
    window.command("Claude Sidecar: Focus on Findings View")
    views.act(views.rows("Findings").filter(has_text="stats.py").first, "Apply All Suggestions")
    for better in FOUND.values():
        expect(window.editor.locator(".view-lines")).to_contain_text(better.strip())
    expect(window.squiggles("warning")).to_have_count(0)
    window.editor.click()
    window.page.keyboard.press("Control+Z")
    for before in FOUND:
        expect(window.editor.locator(".view-lines")).to_contain_text(before.strip())
    expect(window.squiggles("warning")).to_have_count(2)

    views.act(views.rows("Findings").filter(has_text="stats.py").first, "Dismiss All")
    window.rows.filter(has_text="Warning").click()
    window.rows.filter(has_text="Intended").click()
    expect(window.squiggles("warning")).to_have_count(0)
    views.rows("Findings").filter(has_text="Dismissed").click()
    for better in FOUND.values():
        expect(views.rows("Findings").filter(has_text=better.strip())).to_be_visible()


def test_a_failing_command_is_run_once_it_is_allowed_and_debugged(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.reply(say("There is no such file."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    window.command("Claude Sidecar: Debug Failing Command")
    window.answer("cat nowhere.txt")
    expect(panel.asks.get_by_label("What it would run")).to_have_text("cat nowhere.txt")
    assert scripted.requests == []
    panel.choose(re.compile("^Allow$"))
    expect(panel.turns).to_contain_text("There is no such file.")
    asked = scripted.requests[0].last_prompt
    assert "cat nowhere.txt" in asked
    assert "No such file or directory" in asked
