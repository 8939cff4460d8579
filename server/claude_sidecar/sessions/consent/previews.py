"""What an edit would make of a file, shown before it is made."""

from __future__ import annotations

from typing import Any, cast

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents import Documents
from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.policy import SIDECAR_PREFIX
from claude_sidecar.sessions.ports import ToolUse

_EDIT_BUFFER = f"{SIDECAR_PREFIX}edit_buffer"


def preview(documents: Documents, workspace: str, use: ToolUse) -> FileDiff | None:
    """The whole file before and after; None for a use that is no edit, or whose input does not tell."""
    given = use.input.get("file" if use.name == _EDIT_BUFFER else "file_path")
    if not isinstance(given, str):
        return None
    path = canonical_path(f"{workspace}/{given}" if use.name == _EDIT_BUFFER else given)
    try:
        old = documents.read(path).text
    except UnusableDocument:
        old = ""
    match use.name:
        case "Write":
            return FileDiff(path, old, str(use.input.get("content", "")))
        case "Edit":
            return FileDiff(path, old, _replaced(old, use.input, "old_string", "new_string"))
        case "MultiEdit":
            edits = use.input.get("edits")
            return FileDiff(path, old, _all_replaced(old, edits))
        case name if name == _EDIT_BUFFER:
            return FileDiff(path, old, _replaced(old, use.input, "old_text", "new_text"))
        case _:
            return None


def _replaced(text: str, edit: JsonObject, old_name: str, new_name: str) -> str:
    old, new = str(edit.get(old_name, "")), str(edit.get(new_name, ""))
    return text.replace(old, new, -1 if edit.get("replace_all") else 1) if old else new


def _all_replaced(text: str, edits: Any) -> str:
    for edit in cast("list[JsonObject]", edits) if isinstance(edits, list) else []:
        text = _replaced(text, edit, "old_string", "new_string")
    return text
