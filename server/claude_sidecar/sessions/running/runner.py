"""Runs one turn from its queue to its result.

The runner has Claude talked to (`talk`), hands on what happens, keeps the journal, and makes sure that
a turn which began always has a result: a failure of any kind becomes one with `error`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio

from claude_sidecar.errors import SessionBusy, SidecarError, TurnFailure
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.conversations.leases import Claim, SessionLeases
from claude_sidecar.sessions.events import AskedTurn, TurnEnded, TurnStarted
from claude_sidecar.sessions.model import TurnError, TurnResult
from claude_sidecar.sessions.planning.plans import Composed, TurnPlan
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import (
    AgentOutcome,
    Standing,
    Store,
)
from claude_sidecar.sessions.running.conclusion import Conclusion, within_budget
from claude_sidecar.sessions.running.courses import begun, ended_already, follow
from claude_sidecar.sessions.running.host import Host
from claude_sidecar.sessions.running.surroundings import Surroundings
from claude_sidecar.sessions.running.talk import Talk
from claude_sidecar.sessions.running.unbegun import ended_unbegun

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Had:
    """Whether a turn has its session, and how that stands; None where it is gone."""

    has_it: bool
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class TurnRunner:
    """What it takes to run turns.

    :param elsewhere: what was said in a session without us, which comes before the turn.
    """

    around: Surroundings
    talk: Talk
    leases: SessionLeases
    elsewhere: Elsewhere

    @property
    def _store(self) -> Store:
        return self.around.store

    async def run(self, ticket: RunningTurn, session_id: str) -> bool:
        """Run a turn in the session that its queue is of now, and finish its ticket.

        :returns: False if it has found out that it belongs to another file: it is not over, and
            goes on in that one's session.
        """
        host = Host(self.around, ticket, session_id)
        refused: TurnFailure | None = None
        result: TurnResult | None = None
        try:
            async with self._held(ticket, session_id, host) as had:
                if not had.has_it:
                    result = await ended_unbegun(self._store, ticket, session_id)
                elif not await self._goes_on_elsewhere(ticket, host, had.standing):
                    result = await self._guarded(ticket, host, had.standing)
        except Exception as error:  # the edge of the queue's loop: the next turn must run
            if not isinstance(error, SidecarError):
                logger.exception("Turn %s could not begin", ticket.turn_id)
            refused = error if isinstance(error, SessionBusy) else None
            result = result or await ended_unbegun(
                self._store, ticket, session_id, "error", _told(error)
            )
        if result is None:
            return False
        host.over = True
        host.publish(TurnEnded(result))
        ticket.finish(result, refused)
        return True

    @asynccontextmanager
    async def _held(self, ticket: RunningTurn, session_id: str, host: Host) -> AsyncGenerator[_Had]:
        """Have the turn's session, or the one that another process has put in its place by then."""
        async with self.leases.held(_claim(ticket, session_id, host)) as has_it:
            standing = await self._standing(session_id) if has_it else None
            if standing is None or standing.successor is None:
                yield _Had(has_it, standing)
                return
            successor = await self.elsewhere.successor(session_id)
        self.talk.follow(session_id, successor, host)
        async with self._held(ticket, successor, host) as had:
            yield had

    async def skip(self, ticket: RunningTurn, session_id: str) -> None:
        """Record a turn that was cancelled before it left its queue."""
        host = Host(self.around, ticket, session_id)
        result = await ended_unbegun(self._store, ticket, session_id)
        host.publish(TurnEnded(result))
        ticket.finish(result)

    async def _standing(self, session_id: str) -> Standing | None:
        return await self._store.standing(session_id, time.time())

    async def _guarded(
        self, ticket: RunningTurn, host: Host, standing: Standing | None
    ) -> TurnResult:
        try:
            return await self._run(ticket, host, standing)
        except Exception as error:  # the edge of the queue's loop: the next turn must run
            logger.exception("Turn %s could not be recorded", ticket.turn_id)
            return TurnResult(
                host.session_id,
                ticket.turn_id,
                "error",
                text=host.text,
                findings=tuple(host.findings.values()),
                error=_told(error),
            )

    async def _run(self, ticket: RunningTurn, host: Host, standing: Standing | None) -> TurnResult:
        if ticket.begun:  # its course has taken a while
            standing = await self._standing(host.session_id)
        if standing is not None and await self.elsewhere.catch_up(
            standing.session, standing.copies
        ):
            standing = await self._standing(host.session_id)
        if standing is None:
            raise TurnFailure(
                "internal",
                f"Session {host.session_id} was deleted while the turn waited.",
                hint="Ask again; a new session is started.",
                retryable=True,
            )
        session, started_at = standing.session, standing.now
        host.watch.size = session.context
        host.journal.belongs_to(session.id, begun=session.begun)
        await self._store.start_turn(ticket.turn_id, session_id=session.id, started_at=started_at)
        plan = ticket.plan
        host.announce(TurnStarted(_asked(plan), session.begun))
        composed = plan.compose(await self.talk.known(ticket, session, standing.shown))
        host.shown(composed)
        outcome = await self._journalled(ticket, standing, host, composed)
        if session.notice and host.heard and not composed.command:
            await self._store.update_session(session.id, notice="")
        if plan.complete and plan.path and outcome.stop_reason == "end_turn":
            await self.around.findings.reviewed(plan.path, ticket.turn_id)
        return await Conclusion(self.around, ticket, host, composed, outcome, started_at).recorded()

    async def _journalled(
        self, ticket: RunningTurn, standing: Standing, host: Host, composed: Composed
    ) -> AgentOutcome:
        """Talk to Claude while the journal is written; any failure becomes an outcome."""
        outcome = AgentOutcome("error", resumed=standing.session.begun)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(host.journal.write)
            host.tasks = tasks
            try:
                course = ticket.plan.course
                first = ended_already(course, host)
                first = first or await self.talk.begin(ticket, standing, host, composed)
                outcome = await follow(course, host, first, self.talk.go_on)
            except TurnFailure as failure:
                outcome = replace(outcome, error=_told(failure))
            except Exception as error:
                logger.exception("Turn %s broke", ticket.turn_id)
                outcome = replace(outcome, error=_told(error))
            finally:
                await host.changes.close()
                host.journal.close()
                await host.journal.flush()
        return within_budget(outcome, host.money.refusal)

    async def _goes_on_elsewhere(
        self, ticket: RunningTurn, host: Host, standing: Standing | None
    ) -> bool:
        """Begin the turn's course, where it has one; whether it leads to another session."""
        plan = ticket.plan
        if plan.course is None or ticket.begun:
            return False
        ticket.begun = True
        resumed = standing is not None and standing.session.begun
        host.announce(TurnStarted(_asked(plan), resumed))
        ticket.plan = await begun(plan, host)
        return ticket.plan.key != plan.key


def _claim(ticket: RunningTurn, session_id: str, host: Host) -> Claim:
    return Claim(
        session_id,
        ticket.turn_id,
        ticket.plan.key.workspace,
        ticket.stopping,
        on_wait=lambda waiting: host.publish(replace(waiting, turn=_asked(ticket.plan))),
        on_lost=ticket.cancel,
    )


def _asked(plan: TurnPlan) -> AskedTurn:
    return AskedTurn(plan.kind, plan.prompt, plan.path, plan.range)


def _told(error: Exception) -> TurnError:
    if isinstance(error, TurnFailure):
        return TurnError(error.kind, error.message, error.hint, error.retryable)
    return TurnError(
        kind="internal",
        message=f"The sidecar failed: {type(error).__name__}: {error}",
        hint="See the server's log; the conversation up to here is kept.",
        retryable=True,
    )
