"""A review, from the menu to the diagnostics on their lines."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from support.vscode.window import Window
from vscode.conftest import Opener


def test_a_review_is_shown_on_its_lines(open_window: Opener, project: Path) -> None:
    window: Window = open_window(project)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles().first).to_be_visible()
