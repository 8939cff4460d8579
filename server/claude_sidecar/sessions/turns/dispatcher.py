"""How turns come to run: each in the queue of its session, under a handle for its caller."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from anyio.abc import TaskGroup

from claude_sidecar.sessions.conversations import titles
from claude_sidecar.sessions.conversations.opening import SessionOpener
from claude_sidecar.sessions.model import Session, Turn
from claude_sidecar.sessions.planning.plans import TurnPlan
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Store
from claude_sidecar.sessions.running.runner import TurnRunner
from claude_sidecar.sessions.turns.queues import TurnQueues


@dataclass(frozen=True, slots=True)
class TurnDispatcher:
    """Has planned turns run.

    :param tasks: for what ends a turn that was cancelled in its queue.
    """

    store: Store
    opener: SessionOpener
    queues: TurnQueues
    runner: TurnRunner
    tasks: TaskGroup

    async def enqueue(self, session: Session, plans: Sequence[TurnPlan]) -> list[RunningTurn]:
        """Have turns run in a session, one after the other. Hold the opener's `order`."""
        tickets = [RunningTurn(session.id, str(uuid.uuid4()), plan, self._cancel) for plan in plans]
        for ticket in tickets:
            plan = ticket.plan
            turn = Turn(
                id=ticket.turn_id,
                session_id=session.id,
                kind=plan.kind,
                prompt=plan.prompt,
                started_at=time.time(),
                continues=plan.continues,
                retries=plan.retries,
            )
            await self.store.begin_turn(turn, plan.record)
        await self._entitle(session, plans[0])
        for ticket in tickets:
            self.queues.add(ticket, self._run)
        return tickets

    async def _run(self, ticket: RunningTurn) -> None:
        session_id = self.queues.successor(ticket.session_id)
        if ticket.stopping.is_set():
            await self.runner.skip(ticket, session_id)
        elif not await self.runner.run(ticket, session_id):
            await self._move(ticket)

    async def _move(self, ticket: RunningTurn) -> None:
        """A turn has found out which file it is about: it goes on in that one's session."""
        key = ticket.plan.key
        async with self.opener.order:
            session = await self.store.current_session(key) or await self.opener.new(key)
            started_at = await self.store.after_last_use(time.time())
            await self.store.start_turn(
                ticket.turn_id, session_id=session.id, started_at=started_at
            )
            await self._entitle(session, ticket.plan)
            ticket.session_id = session.id
            self.queues.add(ticket, self._run)

    async def _entitle(self, session: Session, plan: TurnPlan) -> None:
        """A session is called by what is asked in it first."""
        if session.turns == 0 and session.title == titles.before_any_turn(session.key):
            await self.store.update_session(session.id, title=titles.of_prompt(plan))

    def _cancel(self, ticket: RunningTurn) -> None:
        ticket.stopping.set()
        if self.queues.withdraw(ticket):
            session_id = self.queues.successor(ticket.session_id)
            self.tasks.start_soon(self.runner.skip, ticket, session_id)
