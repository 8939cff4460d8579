"""What clients are shown that do not render sessions themselves: the plain LSP surface.

A reply or a list is written to a Markdown file and shown by `window/showDocument`, else told by
`window/showMessage`. A client that declares `sessionUpdates` has its own way, and is shown nothing.
"""

from __future__ import annotations

import itertools
import logging
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import anyio.to_thread
from lsprotocol import types

from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.progress_words import summary
from claude_sidecar.sessions.conversations.recovery import recovery_told
from claude_sidecar.sessions.events import Update, UsageUpdated
from claude_sidecar.sessions.keys import canonical_path, is_inside, uri_from_path
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.shapes.export import verification_told
from claude_sidecar.visible import visible

logger = logging.getLogger(__name__)

_KEPT_SECONDS: Final = 30 * 24 * 3600
_MESSAGE_LIMIT: Final = 8000
_UNFIT = re.compile(r"[^\w.-]+")


class Replies:
    """Shows things to one client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def take(self, update: Update) -> None:
        """A subscriber of the event bus: what the user is to be warned of."""
        match update.event:
            case UsageUpdated(warning=str(warning)) if not self._client.session_updates:
                self._client.show_message(types.MessageType.Warning, warning)
            case _:
                pass

    async def turn(self, result: TurnResult, title: str) -> None:
        """A turn's reply and how it ended."""
        if self._client.session_updates:
            return
        if result.error is not None:
            message = f"{title}: {result.error.message}\n{result.error.hint}"
            self._client.show_message(types.MessageType.Error, message)
        if result.text.strip():
            name = f"{title} {result.session_id[:8]}"
            await self.document(name, f"{_turn_text(result, title)}\n")
        elif result.error is None:
            self.note(f"{title}: {summary([result])}")

    async def document(self, name: str, markdown: str) -> None:
        """Something to read, in a file of its own: editors do not read one that they have open
        again, and would show what stood there before.
        """
        if self._client.session_updates:
            return
        markdown = visible(markdown)
        if self._client.show_document:
            path = await anyio.to_thread.run_sync(_write, name, markdown)
            if path is not None and await self._client.show_file(uri_from_path(path)):
                return
        if len(markdown) > _MESSAGE_LIMIT:
            markdown = f"{markdown[:_MESSAGE_LIMIT]}\n… (`session.export` gives the whole)"
        self.note(markdown)

    async def file(self, path: str) -> None:
        """A file that was written for the user."""
        if not self._client.session_updates and not await self._client.show_file(
            uri_from_path(path)
        ):
            self.note(f"Written to {path}")

    def note(self, text: str) -> None:
        """A short message."""
        if not self._client.session_updates:
            self._client.show_message(types.MessageType.Info, text)


def _turn_text(result: TurnResult, title: str) -> str:
    parts = [f"# {title}", result.text.strip()]
    if result.findings:
        lines = [
            f"- {each.severity} ({each.category}), line {each.range.start.line + 1}: {each.title}"
            for each in result.findings
        ]
        parts.append("## Findings\n\n" + "\n".join(lines))
    if result.recovered is not None:
        parts.append(f"*{recovery_told(result.recovered)}*")
    if result.verification is not None:
        parts.append(verification_told(result.verification))
    parts.append(f"*{summary([result])}*")
    return "\n\n".join(parts)


def is_shown_file(path: str) -> bool:
    """Whether a canonical path is of a file that was written to be shown."""
    return is_inside(path, canonical_path(_folder()))


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("claude-sidecar", appauthor=False) / "shown"


def _write(name: str, markdown: str) -> str | None:
    """The path of the file, or None where it cannot be written."""
    folder = _folder()
    stem = f"{_UNFIT.sub('-', name).strip('-.')[:100]}-{time.strftime('%Y%m%d-%H%M%S')}"
    path = folder / f"{stem}.md"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clean(folder)
        for number in itertools.count(2):
            try:
                with path.open("x", encoding="utf-8", errors="replace") as file:
                    file.write(markdown)
                break
            except FileExistsError:
                path = folder / f"{stem}-{number}.md"
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error.strerror)
        return None
    return path.as_posix()


def _clean(folder: Path) -> None:
    limit = time.time() - _KEPT_SECONDS
    for old in folder.glob("*.md"):
        with suppress(OSError):
            if old.stat().st_mtime < limit:
                old.unlink()
