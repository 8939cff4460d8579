"""One VS Code window: what a user finds in it, by the names that a user knows.

Everything waits for what it names, and nothing waits for time.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError, expect  # noqa: A004

from support.vscode.panel import Panel

STARTED = "[id='claude-sidecar.claude-sidecar.claudeSidecar.status']"
"""The extension's item in the status bar."""


class Window:
    """The page that shows it, and the ways to use it.

    :param has_sidecar: whether the extension is expected to work in it.
    """

    def __init__(self, page: Page, *, has_sidecar: bool = True) -> None:
        self.page = page
        if has_sidecar:
            expect(self.status).to_be_visible()

    def wait_until_started(self, *, minutes: float = 1.5) -> None:
        """Until the language server has answered."""
        expect(self.status.locator(".codicon-loading, .codicon-debug-disconnect")).to_have_count(
            0, timeout=minutes * 60_000
        )

    @property
    def status(self) -> Locator:
        """The extension's item in the status bar."""
        return self.page.locator(STARTED)

    @property
    def editor(self) -> Locator:
        """The text editor that has the focus, or had it last."""
        return self.page.locator(".editor-group-container.active .monaco-editor").first

    @property
    def tab(self) -> Locator:
        """The active tab."""
        return self.page.locator(".editor-group-container.active .tab.active")

    @property
    def toasts(self) -> Locator:
        """Notifications that are shown."""
        return self.page.locator(".notification-toast")

    def command(self, title: str) -> None:
        """Run a command by its title, from the palette; whatever takes the focus may close that."""
        row = self.rows.filter(has_text=title.partition(": ")[2] or title).first
        for _ in range(4):
            self.quick_open(f">{title}")
            try:
                row.click(timeout=15_000)
            except TimeoutError:
                self.page.keyboard.press("Escape")  # an open one offers what there was before
                continue
            return
        raise AssertionError(f"{title} could not be picked")

    def quick_open(self, text: str) -> None:
        """Type into the palette."""
        self._palette("F1").fill(text)

    def _palette(self, key: str) -> Locator:
        """Its input box; a window that has just opened may not have heard the key."""
        box = self.page.locator(".quick-input-widget:visible input.input")
        for _ in range(5):
            self.page.keyboard.press(key)
            try:
                box.wait_for(timeout=4_000)
            except TimeoutError:
                continue
            break
        return box

    @property
    def rows(self) -> Locator:
        """What the palette, or a quick pick, offers."""
        return self.page.locator(".quick-input-widget:visible .monaco-list-row")

    def answer(self, text: str) -> None:
        """Type into the input box that is open, and accept."""
        box = self.page.locator(".quick-input-widget:visible input.input")
        expect(box).to_be_visible()
        box.fill(text)
        self.page.keyboard.press("Enter")

    def open_file(self, name: str) -> None:
        """Open a file by its name."""
        self._palette("Control+P").fill(name)
        folder, _, last = name.rpartition("/")
        self.rows.filter(has_text=last).filter(has_text=folder).first.click()
        expect(self.tab).to_contain_text(last)
        expect(self.editor.locator(".view-lines")).to_be_visible()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor of the active editor somewhere; both count from 1."""
        self._palette("Control+G").fill(f":{line}:{column}")
        self.page.keyboard.press("Enter")

    def text_shown(self) -> str:
        """What is to be seen of the active editor's text."""
        lines = self.editor.locator(".view-line")
        return "\n".join(line.replace("\u00a0", " ") for line in lines.all_inner_texts())

    def squiggles(self, severity: str = "warning") -> Locator:
        """What is underlined in the active editor."""
        return self.editor.locator(f".squiggly-{severity}")

    def toast(self, text: str | re.Pattern[str]) -> Locator:
        """A notification with this text; waits for it."""
        shown = self.toasts.filter(has_text=text).first
        expect(shown).to_be_visible()
        return shown

    def dismiss_toasts(self) -> None:
        """Clear what notifications there are."""
        self.command("Notifications: Clear All Notifications")
        expect(self.toasts).to_have_count(0)

    def panel(self) -> Panel:
        """The conversation, brought to the front."""
        self.command("Claude Sidecar: Show Conversation")
        panel = Panel(self.page)
        expect(panel.prompt).to_be_visible()
        return panel

    def reload(self) -> None:
        """Reload the window, by its command."""
        with self.page.expect_navigation():
            self.command("Developer: Reload Window")
        expect(self.status).to_be_visible()
        self.wait_until_started()

    @contextmanager
    def away(self) -> Generator[None]:
        """The user is somewhere else meanwhile, and comes back to this window after it."""
        session: Any = self.page.context.new_cdp_session(self.page)
        # Playwright has every page believe that it has the focus.
        session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        elsewhere = self.page.context.new_page()
        elsewhere.bring_to_front()
        self.page.wait_for_function("!document.hasFocus()", polling=100)
        yield
        self.page.bring_to_front()
        self.page.wait_for_function("document.hasFocus()", polling=100)
        elsewhere.close()
        session.send("Emulation.setFocusEmulationEnabled", {"enabled": True})

    def picture(self, path: Path, hide: Sequence[Locator] = ()) -> None:
        """A screenshot, without the cursor's blinking."""
        self.page.screenshot(path=path, animations="disabled", caret="hide", mask=list(hide))
