"""The stream of a turn for clients that asked for it: `claudeSidecar/sessionUpdate`.

Text comes in many small pieces. The first of a turn goes out at once; those that follow within
`INTERVAL` of the last are joined, and go out when it has passed. Whatever else happens sends the
text before it first, so that the order holds. What was spent is told after the text that comes just
then, since a message tells of it before its first words, which are waited for. `seq` numbers what is
sent, from 0, without gaps.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from claude_sidecar.lsp.update_shapes import UpdateShapes
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    Event,
    TurnEnded,
    Update,
    UsageUpdated,
)

INTERVAL: Final = 0.034
"""Seconds: thirty a second at most."""
LONGEST: Final = 0.05
"""Seconds that text is held at most, also when several agents speak at once."""

Send: TypeAlias = Callable[[dict[str, Any]], None]
Chunk: TypeAlias = AgentMessageChunk | AgentThoughtChunk

ENDED_KEPT = 100
"""Turns that are over and can still cost, where they left agents in the background: how many are
remembered, so that what comes then is numbered on.
"""


class SessionUpdates:
    """A subscriber of the event bus."""

    def __init__(self, send: Send, shapes: UpdateShapes) -> None:
        self._send = send
        self._shapes = shapes
        self._streams: dict[str, _TurnStream] = {}
        self._ended: deque[str] = deque()

    def take(self, update: Update) -> None:
        """Send it, now or soon."""
        stream = self._streams.get(update.turn_id)
        if stream is None:
            stream = self._streams[update.turn_id] = _TurnStream(self._send, self._shapes)
        stream.take(update)
        if isinstance(update.event, TurnEnded):
            self._ended.append(update.turn_id)
            if len(self._ended) > ENDED_KEPT:
                del self._streams[self._ended.popleft()]

    def close(self) -> None:
        """Send nothing more."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()
        self._ended.clear()


class _TurnStream:
    """One turn's notifications."""

    def __init__(self, send: Send, shapes: UpdateShapes) -> None:
        self._send = send
        self._shapes = shapes
        self._seq = 0
        self._pending: list[Chunk] = []
        self._spent: UsageUpdated | None = None
        self._over = False
        self._last: Update | None = None
        self._due = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def take(self, update: Update) -> None:
        self._last = update
        match update.event:
            case AgentMessageChunk() | AgentThoughtChunk():
                self._pending.append(update.event)
                self._flush_at(self._due)
            case UsageUpdated(warning=None) if not self._over:
                self._spent = update.event
                self._flush_at(asyncio.get_running_loop().time() + INTERVAL)
            case event:
                self._flush()
                self._emit(update, event)
                self._over = isinstance(event, TurnEnded)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush_at(self, time: float) -> None:
        """Send what is held at that time of the loop's, or with what is sent before it."""
        loop = asyncio.get_running_loop()
        if loop.time() >= time:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_at(time, self._flush)

    def _flush(self) -> None:
        self.close()
        pending, self._pending = self._pending, []
        spent, self._spent = self._spent, None
        if self._last is None:
            return
        if pending:
            chunks = _joined(pending)
            for chunk in chunks:
                self._emit(self._last, chunk)
            rest = min(INTERVAL * len(chunks), LONGEST)
            self._due = asyncio.get_running_loop().time() + rest
        if spent is not None:
            self._emit(self._last, spent)

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
    """What each speaker says, in one piece as long as it is of one kind; agents speak in turns."""
    pieces: list[tuple[Chunk, list[str]]] = []
    latest: dict[str | None, tuple[Chunk, list[str]]] = {}
    for chunk in chunks:
        piece = latest.get(chunk.agent)
        if piece is None or type(piece[0]) is not type(chunk):
            piece = latest[chunk.agent] = chunk, []
            pieces.append(piece)
        piece[1].append(chunk.text)
    return [type(first)("".join(texts), first.agent) for first, texts in pieces]
