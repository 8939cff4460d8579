"""A terminal in a window, as its user sees it."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError, expect  # noqa: A004


class ShownTerminal:
    """The one that is shown."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._screen = page.locator(".terminal-wrapper.active .xterm-screen")

    def line(self, text: str) -> Locator:
        """A line that has this text."""
        line = self._screen.locator(".xterm-rows > div").filter(has_text=text).last
        expect(line).to_be_visible()
        return line

    def follow(self, text: str) -> None:
        """Follow the link that a line is, as the terminal wants it: with Ctrl held, and underlined by then."""
        x, y = self._in(text)
        underlined = self.line(text).locator("[style*='underline']")
        self._page.keyboard.down("Control")
        for step in range(12):
            self._page.mouse.move(x + step % 3, y)  # a terminal that has just opened may miss one
            with suppress(TimeoutError):
                underlined.wait_for(timeout=5_000)
                break
        self._page.mouse.down()
        self._page.mouse.up()
        self._page.keyboard.up("Control")

    def select(self, text: str) -> None:
        """Select a line, by three clicks."""
        self._page.mouse.click(*self._in(text), click_count=3)

    def _in(self, text: str) -> tuple[float, float]:
        """A place on a line; what lies over the lines is asked where the mouse is."""
        box = self.line(text).bounding_box()
        assert box is not None
        return box["x"] + 30, box["y"] + box["height"] / 2
