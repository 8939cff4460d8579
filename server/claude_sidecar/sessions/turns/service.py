"""Turns: asked for one at a time, queued by session, run in tasks of their own.

`start` takes requests in the order in which they come. The turns run whatever becomes of who
asked, until they end or the sidecar does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from anyio.abc import TaskGroup

from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.conversations.opening import SessionOpener
from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.planning.compacting import compact_plan
from claude_sidecar.sessions.planning.planner import Planner, without_document
from claude_sidecar.sessions.planning.plans import TurnPlan
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    CompactRequest,
    ContinueRequest,
    FixRequest,
    PlannedRequest,
    RetryRequest,
    StepsRequest,
    TurnRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.planning.retrying import RetryPlanner
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Store
from claude_sidecar.sessions.turns.cancelling import Cancelled, Canceller
from claude_sidecar.sessions.turns.dispatcher import TurnDispatcher
from claude_sidecar.sessions.turns.queues import TurnQueues


@dataclass(frozen=True, slots=True)
class TurnService:
    """Takes requests for turns.

    :param tasks: for what is looked after while turns run.
    """

    store: Store
    elsewhere: Elsewhere
    planner: Planner
    retries: RetryPlanner
    records: RequestRecords
    opener: SessionOpener
    queues: TurnQueues
    dispatcher: TurnDispatcher
    canceller: Canceller
    tasks: TaskGroup

    async def start(self, request: TurnRequest) -> RunningTurn:
        """Ask for a turn; it runs as soon as those before it in its session are over.

        :raises InvalidRequest: (UnknownId, UnusableDocument) nothing was begun.
        """
        if isinstance(request, ContinueRequest | RetryRequest):
            async with self.opener.order:
                session, plan = await self.retries.plan(request)
                return (await self.dispatcher.enqueue(session, [plan]))[0]
        if isinstance(request, CompactRequest):
            async with self.opener.order:
                session = await self._to_compact(request)
                plan = compact_plan(request, session)
                return (await self.dispatcher.enqueue(session, [plan]))[0]
        return await self._start_planned(request)

    async def _to_compact(self, request: CompactRequest) -> Session:
        session = None
        if request.session_id is not None:
            session = await self.elsewhere.get(self.queues.successor(request.session_id))
        elif request.key is not None:
            session = await self.store.current_session(request.key)
        if session is None:
            raise InvalidRequest("There is no session there yet.", field="sessionId")
        return session

    async def _start_planned(self, request: PlannedRequest) -> RunningTurn:
        key = request.key
        plan = None if key is None else self._plan(request, key)
        async with self.opener.order:
            session = await self._existing(request, key)
            key = key or (session.key if session else None)
            if key is None:
                raise InvalidRequest("Say which file is meant, or which session.", field="uri")
            plan = plan or self._plan(request, key)
            if isinstance(plan, UnusableDocument):
                told = session is not None and (session.turns or session.forked_from)
                if not (isinstance(request, AskRequest) and told):
                    raise plan
                plan = without_document(request, key)
            plan = replace(plan, record=self.records.written(request))
            return (await self.dispatcher.enqueue(session or await self.opener.new(key), [plan]))[0]

    async def start_steps(self, request: StepsRequest) -> tuple[RunningTurn, ...]:
        """Ask for a list of prompts, to be run one after the other in one session.

        :raises InvalidRequest: (UnusableDocument) nothing was begun.
        """
        plans = [
            replace(plan, record=self.records.written(request, step=number))
            for number, plan in enumerate(self.planner.steps(request), 1)
            if number >= request.first
        ]
        if not plans:
            return ()
        async with self.opener.order:
            session = await self.store.current_session(request.key)
            return tuple(
                await self.dispatcher.enqueue(session or await self.opener.new(request.key), plans)
            )

    async def cancel(
        self, *, session_id: str | None = None, turn_id: str | None = None
    ) -> Cancelled:
        """Cancel the turns of a session, one turn, or every turn, and what runs in the background
        there; see :class:`Canceller`.

        :raises UnknownId: if there is no such session or turn.
        """
        return await self.canceller.cancel(session_id, turn_id)

    def check_budgets(self) -> None:
        """The limits may be others now: a running turn that is over one is stopped at once."""
        for turn in self.queues.turns():
            if turn.check_budget is not None and not turn.is_over:
                self.tasks.start_soon(turn.check_budget)

    def _plan(self, request: PlannedRequest, key: Key) -> TurnPlan | UnusableDocument:
        """A plan; a file that cannot be read is for the caller to judge."""
        try:
            return self.planner.plan(request, key)
        except UnusableDocument as error:
            return error

    async def _existing(self, request: PlannedRequest, key: Key | None) -> Session | None:
        """The session that a request continues; None where a new one is wanted."""
        if isinstance(request, AskRequest) and request.session_id is not None:
            wanted = await self.elsewhere.successor(request.session_id)
            return await self.elsewhere.get(self.queues.successor(wanted))
        if isinstance(request, VerifyRequest):
            wanted = self.queues.successor(request.finding.session_id)
            return await self.store.session(wanted)
        if key is None or (not isinstance(request, FixRequest) and request.fresh):
            return None
        return await self.store.current_session(key)
