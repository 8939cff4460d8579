"""What stands in a transcript: each line one entry, a JSON object, of which these can be told apart.

Prompts of a person, words and tools of Claude, what tools gave back, and Claude Code's own remarks,
which are in part written as if a person had said them.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, TypeAlias, cast

Entry: TypeAlias = dict[str, Any]

INTERRUPTED = "[Request interrupted by user"
_REMARKS = ("<local-command", "<command-", "<task-notification", "<bash-")
_COMMAND = re.compile(r"<command-name>(?P<name>.*?)</command-name>", re.DOTALL)
_ARGUMENTS = re.compile(r"<command-args>(?P<arguments>.*?)</command-args>", re.DOTALL)


def entry_of(line: bytes) -> Entry | None:
    """The entry in a line; None if it is damaged."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast(Entry, entry) if isinstance(entry, dict) else None


def is_message(entry: Entry) -> bool:
    """Whether a person or Claude said it in the conversation itself."""
    return entry.get("type") in ("user", "assistant") and not (
        entry.get("isMeta") or entry.get("isSidechain") or entry.get("isCompactSummary")
    )


def is_prompt(entry: Entry) -> bool:
    """Whether it is a person's prompt, and not what a tool gave back or what Claude Code noted."""
    text = user_text(entry)
    return text is not None and not text.startswith((INTERRUPTED, *_REMARKS))


def command_of(entry: Entry) -> str | None:
    """The command of Claude Code's that a person gave, as it was typed: `/review src`."""
    text = user_text(entry) or ""
    name, arguments = _COMMAND.search(text), _ARGUMENTS.search(text)
    if name is None:
        return None
    return f"{name['name']} {arguments['arguments'] if arguments else ''}".strip()


def user_text(entry: Entry) -> str | None:
    """What a message of the user's side says; None if it gives back what tools gave."""
    blocks = blocks_of(entry) if entry.get("type") == "user" and is_message(entry) else []
    if any(block.get("type") == "tool_result" for block in blocks):
        return None
    texts = [str(block.get("text")) for block in blocks if block.get("type") == "text"]
    return "\n".join(texts) if texts else None


def blocks_of(entry: Entry) -> list[Entry]:
    """The content of an entry's message, as blocks."""
    message = entry.get("message")
    content: Any = cast(Entry, message).get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return []
    return [cast(Entry, each) for each in cast(list[Any], content) if isinstance(each, dict)]


def time_of(entry: Entry) -> float | None:
    """When it was written, in seconds since the epoch."""
    told = entry.get("timestamp")
    try:
        return datetime.fromisoformat(str(told).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
