"""Files that are open in a test's editor."""

from __future__ import annotations

from pathlib import Path

from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.sessions.ports import Document
from support.sidecars import Desk

SAVED = "one = 1\ntwo = 2\nthree = 3\n"
TYPED = "one = 1\ntwo = 22\nthree = 3\n"
"""What the user has made of `SAVED` without saving it."""


def opened(desk: Desk, name: str, text: str = SAVED, *, typed: str | None = None) -> str:
    """Open a file that has this text, and type another one without saving it: its path."""
    path = desk.write(name, text)
    desk.editor.buffers[path] = Document(path, text, 1, "python", stamp=stamp_of(path))
    if typed is not None:
        desk.editor.type(path, typed)
    return path


def on_disk(path: str) -> str:
    """The text of a file on the disk."""
    return Path(path).read_text(encoding="utf-8")
