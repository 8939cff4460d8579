"""Chromium, as Playwright drives it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from support.vscode import parts

_ALONE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 60_000
Scheme = Literal["light", "dark"]


@contextmanager
def browser() -> Generator[Browser]:
    """A Chromium that talks to nobody of itself."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        path = parts.chromium()
        chromium = playwright.chromium.launch(executable_path=path, args=list(_ALONE))
        try:
            yield chromium
        finally:
            chromium.close()


def page_at(chromium: Browser, address: str, *, width: int = 1280, height: int = 800) -> Page:
    """A page of its own profile, which may use the clipboard."""
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        permissions=["clipboard-read", "clipboard-write"],
        color_scheme="light",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    return page
