"""What a use of an editing tool wants of a file's text, whichever tool it is."""

from __future__ import annotations

from typing import Any, Final

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.editing.replacing import Replacement, TextChange
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.policy import SIDECAR_PREFIX
from claude_sidecar.sessions.ports import ToolUse
from claude_sidecar.sessions.prompts.tools import EDIT_BUFFER

EDIT_BUFFER_TOOL: Final = f"{SIDECAR_PREFIX}{EDIT_BUFFER.name}"


def text_change_of(use: ToolUse, path: str) -> TextChange | None:
    """The change; None for a tool that makes none, or one that is not known here.

    :param path: the canonical path of the file that it is used on.
    :raises InvalidRequest: if its input contradicts itself.
    """
    given = use.input
    match use.name:
        case "Write":
            return TextChange(path, whole=str(given.get("content", "")))
        case "Edit":
            replacement = Replacement(
                str(given.get("old_string", "")),
                str(given.get("new_string", "")),
                everywhere=given.get("replace_all") is True,
            )
            return TextChange(path, (replacement,))
        case name if name == EDIT_BUFFER_TOOL:
            return text_change(path, given)
        case _:
            return None


def text_change(path: str, arguments: JsonObject) -> TextChange:
    """What the arguments of `edit_buffer` want of a file.

    :raises InvalidRequest: if they contradict each other.
    """
    return TextChange(path, tuple(_replacements(arguments)), version=arguments.get("version"))


def _replacements(arguments: JsonObject) -> list[Replacement]:
    several: list[Any] | None = arguments.get("edits")
    if several is None:
        missing = [name for name in ("old_text", "new_text") if name not in arguments]
        if missing:
            raise InvalidRequest(f"edit_buffer: `{'` and `'.join(missing)}` is missing.")
        return [_replacement(arguments)]
    if "old_text" in arguments or "new_text" in arguments:
        raise InvalidRequest("edit_buffer: give `edits`, or `old_text` and `new_text`, not both.")
    if not several:
        raise InvalidRequest("edit_buffer: `edits` is empty.")
    return [_replacement(each) for each in several]


def _replacement(given: JsonObject) -> Replacement:
    return Replacement(given["old_text"], given["new_text"], given.get("replace_all") is True)
