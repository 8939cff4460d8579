"""The extension's lists in the side bar, and the comment threads on the code."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class Views:
    """What stands beside the panel and on the code."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def pane(self, view: str) -> Locator:
        """A list with its header, by its title."""
        return self._page.locator(".pane").filter(
            has=self._page.get_by_role("button", name=f"{view} Section")
        )

    def rows(self, view: str) -> Locator:
        """The rows of a list, by the list's title."""
        return self.pane(view).locator(".monaco-list-row")

    def press(self, view: str, action: str) -> None:
        """Press a button of a list's header."""
        pane = self.pane(view)
        pane.hover()
        pane.locator(".pane-header").get_by_role("button", name=action).click()

    def act(self, row: Locator, action: str) -> None:
        """Press a button of a row."""
        row.hover()
        row.get_by_role("button", name=action).click()

    def choose(self, row: Locator, entry: str) -> None:
        """Pick from a row's context menu."""
        row.click(button="right")
        self._page.get_by_role("menuitem", name=entry).hover()
        self._page.keyboard.press(
            "Enter"
        )  # a click that comes too soon is taken for the first one's end

    def thread(self, text: str) -> Locator:
        """An unfolded comment thread on the code that has this text."""
        thread = self._page.locator(".review-widget").filter(has_text=text)
        expect(thread).to_be_visible()
        return thread

    def reply(self, thread: Locator, text: str, button: str) -> None:
        """Write under a thread."""
        thread.locator(".review-thread-reply-button, .monaco-editor").first.click()
        self._page.keyboard.type(text)
        thread.get_by_role("button", name=button).click()
