"""Talks to Claude for a turn: the prompt, what else it is told, and what is done where a session
cannot go on.

A session that Claude has lost, or that has no room left, is replaced by one that is told what was
said before; a fork without a transcript is told so too.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from claude_sidecar.errors import SessionNotResumable
from claude_sidecar.sessions.conversations.forking import NO_TRANSCRIPT
from claude_sidecar.sessions.conversations.leases import SessionLeases
from claude_sidecar.sessions.conversations.recovery import (
    FULL,
    recovered_prompt,
    said_in,
    shown_in,
    successor_of,
)
from claude_sidecar.sessions.events import SessionReplaced
from claude_sidecar.sessions.model import Recovery, Session
from claude_sidecar.sessions.planning.plans import Composed, Known
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import (
    Agent,
    AgentOptions,
    AgentOutcome,
    AgentRequest,
    Standing,
    Store,
    TurnTrace,
)
from claude_sidecar.sessions.running.host import Host
from claude_sidecar.sessions.running.surroundings import Surroundings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Talk:
    """What it takes to talk to Claude.

    :param options: how Claude is to run in a workspace, by its path.
    :param on_replaced: told of a session that cannot go on and its successor, before the turn does.
    """

    around: Surroundings
    agent: Agent
    leases: SessionLeases
    options: Callable[[str], AgentOptions]
    on_replaced: Callable[[str, str], None]

    @property
    def _store(self) -> Store:
        return self.around.store

    async def known(self, ticket: RunningTurn, session: Session, shown: str | None = None) -> Known:
        """What is known when a turn begins, for its prompt.

        :param shown: the hash of the document that the session's own turns have shown last.
        """
        shown = await shown_in(self._store, session, shown)
        plan = ticket.plan
        trace: TurnTrace | None = None
        if (
            plan.again is not None
        ):  # it may be there though a kill kept us from noting that it began
            options = self.options(session.key.workspace)
            trace = await self.agent.trace(session.id, plan.again, options)
        if ticket.kind != "review":
            return Known(shown, trace=trace)
        findings = await self.around.findings.for_review(plan.key.workspace, plan.path)
        return Known(shown, findings, trace)

    async def begin(
        self, ticket: RunningTurn, standing: Standing, host: Host, composed: Composed
    ) -> AgentOutcome:
        """Give Claude the prompt of a turn, in whichever session can take it, and see it through.

        :raises TurnFailure: if Claude cannot be asked.
        """
        session = standing.session
        workspace = session.key.workspace
        refusal = await host.money.open(session.cost_usd)
        if refusal is not None:
            return AgentOutcome("max_budget", resumed=session.begun, error=refusal)
        budgets = self.around.budgets(workspace)
        withheld = await self.around.cost_consent.before(
            ticket, host.session_id, composed.prompt, budgets, host.publish
        )
        if withheld is not None:
            return AgentOutcome("cancelled", resumed=session.begun, error=withheld.error)
        answers = session.notice
        if standing.asked:
            answers += await host.answers_to_earlier()
        request = AgentRequest(
            session_id=session.id,
            turn_id=ticket.turn_id,
            prompt=composed.prompt if composed.command else composed.prompt + answers,
            options=self.options(workspace),
            begun=session.begun,
            drop=composed.drop,
            command=composed.command,
            plans_first=host.plans_first(),
        )
        ticket.check_budget = host.money.check
        if session.forked_from is not None and not session.begun:
            said = await said_in(self._store, session, before=ticket.turn_id)
            request = replace(request, prompt=recovered_prompt(composed.prompt, said) + answers)
            host.recovery = Recovery(session.forked_from, NO_TRANSCRIPT, by="journal")
        try:
            outcome = await self.agent.run(request, host)
        except SessionNotResumable as lost:
            if composed.command:
                raise
            return await self._anew(ticket, session, host, request, answers, lost.reason)
        if outcome.full and session.begun and not composed.command:
            return await self._anew(ticket, session, host, request, answers, FULL)
        return outcome

    async def go_on(self, host: Host, prompt: str) -> AgentOutcome:
        """Another prompt of the same turn."""
        request = AgentRequest(
            session_id=host.session_id,
            turn_id=str(uuid.uuid4()),
            prompt=prompt,
            options=self.options(host.asker.workspace),
            begun=True,
            plans_first=host.plans_first(),
        )
        return await self.agent.run(request, host)

    async def _anew(  # noqa: PLR0917 - all that a turn has by then
        self,
        ticket: RunningTurn,
        session: Session,
        host: Host,
        request: AgentRequest,
        answers: str,
        reason: str,
    ) -> AgentOutcome:
        """Go on in a new session that is told what was said in the one that cannot go on."""
        said = await said_in(self._store, session, before=ticket.turn_id)
        successor = await self._replaced(ticket, session, host, reason)
        said = [turn for turn in said if turn.id != ticket.plan.retries]
        known = replace(await self.known(ticket, session), shown=None, trace=None)
        anew = ticket.plan.compose(known)
        host.shown(anew)
        request = replace(
            request,
            drop=None,
            session_id=successor.id,
            prompt=recovered_prompt(anew.prompt, said, full=reason == FULL) + answers,
            begun=False,
        )
        return await self.agent.run(request, host)

    def follow(self, lost: str, successor: str, host: Host) -> None:
        """Go on in the session that another process has begun in the place of one."""
        reason = "another window has gone on in a new session"
        self.on_replaced(lost, successor)
        host.moved_to(successor, Recovery(lost, reason, by="journal"))
        host.publish(SessionReplaced(lost, successor, reason))

    async def _replaced(
        self, ticket: RunningTurn, lost: Session, host: Host, reason: str
    ) -> Session:
        """Begin a session in the place of one that cannot go on."""
        successor = successor_of(lost)
        await self._store.add_session(successor)
        await self.leases.goes_on_in(ticket.turn_id, successor.id)
        await self._store.start_turn(
            ticket.turn_id, session_id=successor.id, started_at=successor.created_at
        )
        await self._store.move_questions(lost.id, successor.id)
        self.on_replaced(lost.id, successor.id)
        host.moved_to(successor.id, Recovery(lost.id, reason, by="journal"))
        host.publish(SessionReplaced(lost.id, successor.id, reason))
        logger.info("Session %s is continued as %s: %s", lost.id, successor.id, reason)
        return successor
