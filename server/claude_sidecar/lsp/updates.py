"""The stream of a turn for clients that asked for it: `claudeSidecar/sessionUpdate`.

Text comes in many small pieces. The first of a turn goes out at once; those that follow within
`INTERVAL` of the last are joined, and go out when it has passed. Whatever else happens sends the
text before it first, so that the order holds. `seq` numbers what is sent, from 0, without gaps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from claude_sidecar.lsp.update_shapes import UpdateShapes
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    Event,
    TurnEnded,
    Update,
)

INTERVAL: Final = 0.034
"""Seconds: thirty a second at most, and none held for longer than 50 ms."""

Send: TypeAlias = Callable[[dict[str, Any]], None]
Chunk: TypeAlias = AgentMessageChunk | AgentThoughtChunk


class SessionUpdates:
    """A subscriber of the event bus."""

    def __init__(self, send: Send, shapes: UpdateShapes) -> None:
        self._send = send
        self._shapes = shapes
        self._streams: dict[str, _TurnStream] = {}

    def take(self, update: Update) -> None:
        """Send it, now or soon."""
        stream = self._streams.get(update.turn_id)
        if stream is None:
            stream = self._streams[update.turn_id] = _TurnStream(self._send, self._shapes)
        stream.take(update)
        if isinstance(update.event, TurnEnded):
            del self._streams[update.turn_id]

    def close(self) -> None:
        """Send nothing more."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()


class _TurnStream:
    """One turn's notifications."""

    def __init__(self, send: Send, shapes: UpdateShapes) -> None:
        self._send = send
        self._shapes = shapes
        self._seq = 0
        self._pending: list[Chunk] = []
        self._last: Update | None = None
        self._sent_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def take(self, update: Update) -> None:
        self._last = update
        if not isinstance(update.event, AgentMessageChunk | AgentThoughtChunk):
            self._flush()
            self._emit(update, update.event)
            return
        loop = asyncio.get_running_loop()
        due = self._sent_at + INTERVAL
        self._pending.append(update.event)
        if self._timer is None:
            if loop.time() >= due:
                self._flush()
            else:
                self._timer = loop.call_at(due, self._flush)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        self.close()
        if not self._pending or self._last is None:
            return
        pending, self._pending = self._pending, []
        for chunk in _joined(pending):
            self._emit(self._last, chunk)
        self._sent_at = asyncio.get_running_loop().time()

    def _emit(self, update: Update, event: Event) -> None:
        self._send(
            {
                "sessionId": update.session_id,
                "turnId": update.turn_id,
                "seq": self._seq,
                "update": self._shapes.shape(event),
            }
        )
        self._seq += 1


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Neighbours of one kind and one speaker made one."""
    joined: list[Chunk] = []
    texts: list[list[str]] = []
    for chunk in chunks:
        if joined and type(joined[-1]) is type(chunk) and joined[-1].agent == chunk.agent:
            texts[-1].append(chunk.text)
        else:
            joined.append(chunk)
            texts.append([chunk.text])
    return [
        type(chunk)("".join(parts), chunk.agent) for chunk, parts in zip(joined, texts, strict=True)
    ]
