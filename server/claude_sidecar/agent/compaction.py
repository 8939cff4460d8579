"""When Claude Code summarises a conversation to make room, by itself or because it was asked to.

It tells of it in two messages: a boundary with the sizes, and then the summary, as the user message
that the conversation goes on with. One that failed is told in a status.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from claude_agent_sdk import Message, SystemMessage, TextBlock, UserMessage

from claude_sidecar.sessions.events import AgentEvent, ContextCompacted

_SUMMARY = re.compile(
    r"Summary:\n(?P<summary>.*?)(?=\n\nIf you need specific details from before compaction|\Z)",
    re.DOTALL,
)
"""What Claude Code 2.1.330 puts around a summary is for Claude, and left out."""


class Compactions:
    """Those of one turn.

    :param emit: told of each.
    :param on_size: told of the conversation's size in tokens since.
    :ivar count: how many there were.
    """

    def __init__(self, emit: Callable[[AgentEvent], None], on_size: Callable[[int], None]) -> None:
        self._emit = emit
        self._on_size = on_size
        self._boundary: dict[str, Any] | None = None
        self.count = 0

    def take(self, message: Message) -> None:
        """A message came, whatever it is about."""
        if isinstance(message, SystemMessage) and message.subtype == "compact_boundary":
            self.flush()
            metadata: Any = message.data.get("compact_metadata")
            self._boundary = cast("dict[str, Any]", metadata) if isinstance(metadata, dict) else {}
        elif self._boundary is not None and isinstance(message, UserMessage):
            self.flush(_summary(message))
        elif self._boundary is not None and not isinstance(message, SystemMessage):
            self.flush()

    def flush(self, summary: str = "") -> None:
        """Nothing more is told of the last one."""
        boundary, self._boundary = self._boundary, None
        if boundary is None:
            return
        after = int(boundary.get("post_tokens") or 0)
        if after:
            self._on_size(after)
        self.count += 1
        self._emit(
            ContextCompacted(
                trigger=str(boundary.get("trigger") or "auto"),
                before_tokens=int(boundary.get("pre_tokens") or 0),
                after_tokens=after or None,
                summary=summary,
            )
        )


def _summary(message: UserMessage) -> str:
    content = message.content
    if not isinstance(content, str):
        content = "\n".join(block.text for block in content if isinstance(block, TextBlock))
    found = _SUMMARY.search(content)
    return (found["summary"] if found else content).strip()
