"""How a turn ends that Claude was talked to in: its last entry in the journal, and its result."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from claude_sidecar.sessions.conversations.titles import of_result
from claude_sidecar.sessions.costs.spending import Spending
from claude_sidecar.sessions.events import UsageUpdated
from claude_sidecar.sessions.model import Cost, Recovery, Session, Turn, TurnError, TurnResult
from claude_sidecar.sessions.planning.plans import Composed
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import AgentOutcome, Ending, News
from claude_sidecar.sessions.running.host import Host
from claude_sidecar.sessions.running.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of one turn.

    :param composed: what Claude was sent; `outcome`: what came of it.
    :param started_at: when, in seconds since the epoch.
    """

    around: Surroundings
    ticket: RunningTurn
    host: Host
    composed: Composed
    outcome: AgentOutcome
    started_at: float

    async def recorded(self) -> TurnResult:
        """Warn of a conversation that is nearly full, journal the end, and make the result.

        A turn whose user went away has no end, only a cost: as the journal has it, it was interrupted,
        whether Claude Code was still stopped in time or the server was gone before.
        """
        turn, outcome = self._turn(), self.outcome
        plan, found = self.ticket.plan, tuple(self.host.findings.values())
        ended_at = turn.ended_at or self.started_at
        characters = len(self.composed.prompt)
        spending = Spending(turn.id, turn.session_id, ended_at, outcome.tally, characters)
        if self.ticket.left and outcome.stop_reason == "cancelled":
            await self.around.store.note(turn.id, News(spending=spending))
            return self._result(turn, None)
        self._warn()  # it takes note of how full the conversation is now
        after = await self.around.store.conclude(
            Ending(
                turn,
                spending,
                title=lambda session: of_result(session, plan, found, outcome.stop_reason),
                model=outcome.model,
                context=self.host.watch.size if outcome.context.used_tokens else None,
            )
        )
        return self._result(turn, after)

    def _warn(self) -> None:
        host, tally = self.host, self.outcome.tally
        warning = host.watch.warning(self.outcome.context)
        if warning is not None:
            cost = Cost(tally.cost_usd, host.money.session_usd + tally.cost_usd)
            host.publish(UsageUpdated(tally.usage, self.outcome.context, cost, tally, warning))

    def _turn(self) -> Turn:
        """The turn as the journal has it from now on."""
        host, plan, outcome = self.host, self.ticket.plan, self.outcome
        return Turn(
            id=self.ticket.turn_id,
            session_id=host.session_id,
            kind=plan.kind,
            prompt=plan.prompt,
            started_at=self.started_at,
            text=host.text,
            ended_at=max(self.started_at, time.time()),  # a clock can go back
            stop_reason=outcome.stop_reason,
            tool_calls=tuple(host.calls.values()),
            findings=tuple(host.findings),
            cost_usd=outcome.tally.cost_usd,
            usage=outcome.tally.usage,
            error=outcome.error,
            document_hash=self.composed.document_hash if host.heard else None,
            continues=plan.continues,
            retries=plan.retries,
            compacted=host.compacted,
            verification=None if plan.course is None else plan.course.verification,
        )

    def _result(self, turn: Turn, session: Session | None) -> TurnResult:
        """What the turn came to; `session` is its session as it is now, if it is still there."""
        host, outcome, cost = self.host, self.outcome, turn.cost_usd
        return TurnResult(
            session_id=turn.session_id,
            turn_id=turn.id,
            stop_reason=outcome.stop_reason,
            text=turn.text,
            findings=tuple(map(self.around.findings.as_now, host.findings.values())),
            usage=turn.usage,
            cost=Cost(cost, cost if session is None else session.cost_usd),
            context=host.watch.size if outcome.context.used_tokens else outcome.context,
            resumed=outcome.resumed,
            recovered=host.recovery or _put_back(turn.session_id, outcome),
            error=turn.error,
            compacted=turn.compacted,
            verification=turn.verification,
        )


def within_budget(outcome: AgentOutcome, refusal: TurnError | None) -> AgentOutcome:
    """A turn that was stopped for its cost was not cancelled by anyone."""
    if refusal is None or outcome.stop_reason not in {"cancelled", "max_budget"}:
        return outcome
    return replace(outcome, stop_reason="max_budget", error=refusal)


def _put_back(session_id: str, outcome: AgentOutcome) -> Recovery | None:
    reason = outcome.restored
    return None if reason is None else Recovery(session_id, reason, by="copy")
