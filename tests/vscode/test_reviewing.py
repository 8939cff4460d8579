"""A review, from the menu to the diagnostics on their lines."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from support.vscode import parts
from support.vscode.panel import Panel
from support.vscode.window import Window
from vscode.conftest import Opener


def test_a_review_is_shown_on_its_lines(open_window: Opener, project: Path) -> None:
    window: Window = open_window(project)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles().first).to_be_visible()
    expect(window.squiggles("error").first).to_be_visible()
    window.toast("2 findings").get_by_role("button", name="Show Conversation").click()
    panel = Panel(window.page)
    panel.turns.get_by_role("button", name="Do not use mutable data structures").last.click()
    expect(window.page.get_by_text(re.compile("Ln 5, Col"))).to_be_visible()
    window.dismiss_toasts()
    window.picture(parts.PICTURES / "review.png")
