"""The panel, as its user sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Locator, Page, expect

from support.vscode import parts

_OUTER = "iframe.webview[src*='extensionId=claude-sidecar.claude-sidecar']"


class Panel:
    """What is in its page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.inside = page.frame_locator(_OUTER).frame_locator("iframe#active-frame")
        self.prompt = self.inside.get_by_label("Message to Claude")
        self.transcript = self.inside.get_by_role("log")
        self.turns = self.inside.get_by_role("article")
        self.state = self.inside.locator(".state")
        self.title = self.inside.get_by_role("heading", level=1)
        self.stop = self.inside.get_by_role("button", name="Stop Claude")
        self.asks = self.inside.locator("section.ask")
        self.meters = self.inside.locator(".meters")

    def say(self, text: str) -> None:
        """Type a prompt and send it."""
        expect(self.prompt).to_be_visible()
        self.prompt.fill(text)
        self.prompt.press("Enter")

    def type(self, text: str) -> None:
        """Type key by key, as one does who looks for suggestions."""
        self.prompt.click()
        self.prompt.press_sequentially(text)

    def choose(self, option: str | re.Pattern[str]) -> None:
        """Answer what is asked."""
        self.asks.get_by_role("button", name=option).click()

    @property
    def frame(self) -> Frame:
        """The page's own frame, to run something in it."""
        expect(self.prompt).to_be_visible()
        handle = self.prompt.element_handle()
        assert handle is not None
        frame = handle.owner_frame()
        assert frame is not None
        return frame

    def violations(self) -> list[str]:
        """What axe-core finds wrong, each with the elements that it means."""
        frame = self.frame
        # The page is transparent: what it lies on is outside of it, where axe does not see it.
        frame.evaluate("document.body.style.background = 'var(--vscode-sideBar-background)'")
        frame.evaluate(parts.AXE.read_text(encoding="utf-8"))
        found: Any = frame.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}"
            for each in found["violations"]
        ]

    def picture(self, path: Path) -> None:
        """A screenshot of the panel alone."""
        self._outer().screenshot(path=path, animations="disabled", caret="hide")

    def _outer(self) -> Locator:
        return self._page.locator(_OUTER)
