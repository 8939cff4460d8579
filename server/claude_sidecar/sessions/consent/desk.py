"""Where questions lie while the user has not answered: counted, and in the store.

A question is in the store from before it is put until it is answered or needs no answer, so that one
that is cut off by the end of the server or the editor is found there by the next one.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import anyio

from claude_sidecar.errors import StoreError, UnknownId
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.sessions.policy import Situation
from claude_sidecar.sessions.ports import Allow, ConsentRecords, Deny, OpenQuestion, ToolUse

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Asker:
    """Who asks: one turn of one session.

    :param left: whether it is stopping because the user went away.
    :param situation: how things stand for it, whenever that is needed.
    :param wait_seconds: how long an answer is waited for.
    :ivar asked: how many questions it has put.
    :ivar settled: what the user has said, before the turn's prompt, to uses of an earlier turn.
    """

    session_id: str
    turn_id: str
    workspace: str
    stopping: anyio.Event
    left: Callable[[], bool]
    situation: Callable[[], Awaitable[Situation]]
    wait_seconds: float
    asked: int = 0
    settled: list[tuple[ToolUse, Allow | Deny]] = field(
        default_factory=list[tuple[ToolUse, "Allow | Deny"]]
    )

    def settled_before(self, use: ToolUse) -> Allow | Deny | None:
        """What was said to this very use; it holds once."""
        for entry in self.settled:
            settled, decision = entry
            if (settled.name, settled.input) == (use.name, use.input):
                self.settled.remove(entry)
                return decision
        return None


@dataclass(eq=False, slots=True)
class Waiting(Generic[Answer]):
    """A question that is open.

    :ivar settled: set when it needs no answer any more.
    """

    use: ToolUse
    settled: anyio.Event = field(default_factory=anyio.Event)
    answer: Answer | None = None


class QuestionDesk:
    """The questions of all sessions."""

    def __init__(self, store: ConsentRecords) -> None:
        self._store = store
        self._open: dict[str, list[Waiting[Any]]] = {}

    def of(self, session_id: str) -> tuple[Waiting[Any], ...]:
        """What a session waits for, in the order in which it was asked."""
        return tuple(self._open.get(session_id, ()))

    def question(self, asker: Asker, use: ToolUse, call: ToolCall | None) -> OpenQuestion:
        """A question as the store has it."""
        return OpenQuestion(
            id=str(uuid.uuid4()),
            session_id=asker.session_id,
            turn_id=asker.turn_id,
            tool_call_id=use.id,
            tool=use.name,
            input=use.input,
            title=use.title or (call.title if call else use.name),
            kind=call.kind if call else "other",
            asked_at=time.time(),
        )

    async def put(
        self,
        asker: Asker,
        use: ToolUse,
        question: OpenQuestion,
        ask: Callable[[int], Awaitable[Answer | None]],
    ) -> Answer | None:
        """Ask, with the question in the store meanwhile; the answer, or None.

        A question that is cut off with the server or the editor stays in the store.
        """
        asker.asked += 1
        number = asker.asked
        waiting = Waiting[Answer](use)
        with self._lying(asker.session_id, waiting):
            await self._recorded(self._store.open_question(question))
            await self._wait(asker, waiting, lambda: ask(number))
            if waiting.answer is not None or not asker.left():
                await self._recorded(self._store.close_question(question.id))
        return waiting.answer

    @contextmanager
    def _lying(self, session_id: str, waiting: Waiting[Any]) -> Generator[None]:
        lying = self._open.setdefault(session_id, [])
        lying.append(waiting)
        try:
            yield
        finally:
            lying.remove(waiting)

    async def _wait(
        self,
        asker: Asker,
        waiting: Waiting[Answer],
        ask: Callable[[], Awaitable[Answer | None]],
    ) -> None:
        """Until there is an answer, none is needed, the turn is cancelled or the time is up: what is
        still open then is withdrawn.
        """

        async def put() -> None:
            waiting.answer = await ask()
            tasks.cancel_scope.cancel()

        async def withdraw(event: anyio.Event) -> None:
            await event.wait()
            tasks.cancel_scope.cancel()

        with anyio.move_on_after(asker.wait_seconds):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(withdraw, asker.stopping)
                tasks.start_soon(withdraw, waiting.settled)
                tasks.start_soon(put)

    async def _recorded(self, change: Awaitable[None]) -> None:
        """A store that fails does not keep the user from being asked."""
        try:
            await change
        except (StoreError, UnknownId) as error:
            logger.warning("An open question could not be recorded: %s", error)
