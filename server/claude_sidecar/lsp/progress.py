"""Work-done progress: what Claude does now, and a way to stop it, in any editor.

A turn's progress begins when it is asked for, under the token the client gave or one that it was
asked to create, and ends before the command is answered. The last message names findings and cost.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import anyio
import anyio.abc
from lsprotocol import types

from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.lsp.progress_words import doing, summary
from claude_sidecar.sessions.events import AgentMessageChunk, AgentThoughtChunk, TurnEnded, Update
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.visible import visible

logger = logging.getLogger(__name__)

_QUIET_SECONDS: Final = 0.25
"""Between two reports while text streams in."""


class Cancellable(Protocol):
    """A turn, as far as progress is concerned."""

    turn_id: str

    def cancel(self) -> None:
        """Interrupt it."""
        ...


class TurnProgress:
    """A subscriber of the event bus, and the one who hears `window/workDoneProgress/cancel`."""

    def __init__(self, client: Client, tasks: anyio.abc.TaskGroup) -> None:
        self._client = client
        self._tasks = tasks
        self._shown: dict[types.ProgressToken, _Shown] = {}

    def take(self, update: Update) -> None:
        """Report what happens in a turn that is shown."""
        for shown in tuple(self._shown.values()):
            shown.take(update)

    def cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """`window/workDoneProgress/cancel`."""
        shown = self._shown.get(params.token)
        if shown is not None:
            shown.cancel()

    @asynccontextmanager
    async def showing(
        self,
        turns: Sequence[Cancellable],
        title: str,
        token: types.ProgressToken | None,
        *,
        done: int = 0,
    ) -> AsyncGenerator[None]:
        """Show these turns' progress inside the `async with` block.

        :param token: the request's `workDoneToken`, if it has one.
        :param done: of several steps, how many were done before these.
        """
        create = token is None
        if (create and not self._client.progress) or not turns:
            yield
            return
        token = str(uuid.uuid4()) if token is None else token
        shown = self._shown[token] = _Shown(
            turns, title, lambda value: self._send(token, value), done
        )
        try:
            if create:
                self._tasks.start_soon(self._create, token, shown)
            else:
                shown.begin()
            yield
        finally:
            del self._shown[token]
            shown.end()

    async def _create(self, token: types.ProgressToken, shown: _Shown) -> None:
        """The turn does not wait for the client to make room for its progress."""
        answered = await self._client.succeeds(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE,
            types.WorkDoneProgressCreateParams(token),
            seconds=QUICK_SECONDS,
        )
        if answered:
            shown.begin()

    def _send(self, token: types.ProgressToken, value: Any) -> None:
        self._client.tell(types.PROGRESS, types.ProgressParams(token, value))


class _Shown:
    """The progress of one command."""

    def __init__(
        self,
        turns: Sequence[Cancellable],
        title: str,
        send: Callable[[Any], None],
        done: int,
    ) -> None:
        self._done = done
        self._turns = {turn.turn_id: turn for turn in turns}
        self._title = title
        self._send = send
        self._state = "waiting"  # then "begun", then "over"
        self._message = "Waiting for its turn"
        self._results: list[TurnResult] = []
        self._reported_at = 0.0

    def begin(self) -> None:
        if self._state != "waiting":
            return
        self._state = "begun"
        self._send(
            types.WorkDoneProgressBegin(
                title=visible(self._title), cancellable=True, message=self._message
            )
        )

    def take(self, update: Update) -> None:
        if update.turn_id not in self._turns:
            return
        if isinstance(update.event, TurnEnded):
            self._results.append(update.event.result)
        message = doing(update.event)
        if message is None:
            return
        count = self._done + len(self._turns)
        if count > 1:
            step = self._done + list(self._turns).index(update.turn_id) + 1
            message = f"Step {step} of {count}: {message}"
        message = visible(message)
        streaming = isinstance(update.event, AgentMessageChunk | AgentThoughtChunk)
        self._report(message, streaming=streaming)

    def cancel(self) -> None:
        for turn in self._turns.values():
            turn.cancel()

    def end(self) -> None:
        if self._state == "begun":
            self._send(types.WorkDoneProgressEnd(message=summary(self._results)))
        self._state = "over"

    def _report(self, message: str, *, streaming: bool) -> None:
        now = time.monotonic()
        if message == self._message or (streaming and now - self._reported_at < _QUIET_SECONDS):
            return
        self._message = message
        if self._state == "begun":
            self._reported_at = now
            self._send(types.WorkDoneProgressReport(message=message, cancellable=True))
