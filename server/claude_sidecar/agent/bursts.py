"""Pieces of a reply that have come together go on together, as one.

Claude Code writes a line for each piece. Where we are slower than it, or it wrote many at once, a
read gives hundreds of them, and to take each through the SDK and all who listen costs far more than
it says. Nothing is held for what has not come yet: the end of each read is marked, by a line that
looks like a message, and what is held by then goes on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from anyio.streams.text import TextReceiveStream
from typing_extensions import override

Message: TypeAlias = dict[str, Any]

_READ_ENDS = "claude_sidecar_read_ends"
_MARK = f'{{"type": "{_READ_ENDS}"}}\n'
_TEXT_OF = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
"""Kinds of pieces, and the field that has the text of each."""


class MarkedStream(TextReceiveStream):
    """Lines as they are read, and a mark after the last whole one of each read."""

    @override
    async def receive(self) -> str:
        """What the next read gives."""
        lines, end, rest = (await super().receive()).rpartition("\n")
        return f"{lines}\n{_MARK}{rest}" if end else rest


@dataclass(slots=True)
class _Piece:
    """Pieces of one block, one after the other."""

    first: Message
    kind: str
    texts: list[str] = field(default_factory=list[str])

    def takes(self, message: Message) -> bool:
        """Whether a message goes on where these end; it is taken in then."""
        match message:
            case {
                "type": "stream_event",
                "event": {
                    "type": "content_block_delta",
                    "delta": {"type": self.kind} as delta,
                } as event,
            } if (
                event.get("index") == self.first["event"].get("index")
                and message.get("parent_tool_use_id") == self.first.get("parent_tool_use_id")
                and not message.get("user_message_uuids")
            ):
                self.texts.append(str(delta.get(_TEXT_OF[self.kind], "")))
                return True
            case _:
                return False

    @property
    def whole(self) -> Message:
        """All of them as one message."""
        if len(self.texts) == 1:
            return self.first
        event = self.first["event"]
        delta = {**event["delta"], _TEXT_OF[self.kind]: "".join(self.texts)}
        return {**self.first, "event": {**event, "delta": delta}}


async def joined(messages: AsyncGenerator[Message]) -> AsyncGenerator[Message]:
    """Messages read from a :class:`MarkedStream`, without its marks."""
    held: _Piece | None = None
    async with aclosing(messages):
        async for message in messages:
            if held is not None:
                if held.takes(message):
                    continue
                yield held.whole
            held = _piece(message)
            if held is None and message.get("type") != _READ_ENDS:
                yield message
    if held is not None:
        yield held.whole


def _piece(message: Message) -> _Piece | None:
    match message:
        case {
            "type": "stream_event",
            "event": {"type": "content_block_delta", "delta": {"type": str(kind), **rest}},
        } if kind in _TEXT_OF:
            return _Piece(message, kind, [str(rest.get(_TEXT_OF[kind], ""))])
        case _:
            return None
