"""What an edit would make of a file, shown before it is made."""

from __future__ import annotations

from typing import Final

from claude_sidecar.errors import EditRefused, InvalidRequest, UnusableDocument
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.remarks import path_of
from claude_sidecar.sessions.editing.text_changes import text_change_of
from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.policy import SIDECAR_PREFIX
from claude_sidecar.sessions.ports import ToolUse
from claude_sidecar.sessions.prompts.tools import DELETE_FILE

_DELETE_FILE: Final = f"{SIDECAR_PREFIX}{DELETE_FILE.name}"


def preview(documents: Documents, workspace: str, use: ToolUse) -> FileDiff | None:
    """The whole file before and after; None for a use that is no edit, or whose input does not tell."""
    path = path_of(use, workspace)
    if path is None:
        return None
    try:
        old = documents.read(path).text
    except UnusableDocument:
        old = ""
    if use.name == _DELETE_FILE:
        return FileDiff(path, old, "")
    try:
        change = text_change_of(use, path)
        return None if change is None else FileDiff(path, old, change.made_of(old))
    except (EditRefused, InvalidRequest):
        return None  # it will be refused by the tool as well
