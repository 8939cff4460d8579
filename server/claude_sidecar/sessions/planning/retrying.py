"""Turns that did not end well: gone on with from where they stopped, or done again.

To go on, Claude is told what its transcript lacks of what it had said and done, which after a crash
is the end of it. To do a turn again it is made to forget the first try, so that the prompt does not
stand in the conversation twice; where that cannot be, because the turn was its first or others
followed, Claude is asked to do it again in a few words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from claude_sidecar.errors import InvalidRequest, UnknownId, UnusableDocument
from claude_sidecar.sessions.model import Key, Session, Turn
from claude_sidecar.sessions.planning.planner import Planner
from claude_sidecar.sessions.planning.plans import Composed, Known, TurnPlan
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import ContinueRequest, RetryRequest, StepsRequest
from claude_sidecar.sessions.ports import Drop, Store
from claude_sidecar.sessions.prompts.retries import continue_prompt, missing_from, retry_prompt

Compose: TypeAlias = Callable[[Known], Composed]


@dataclass(frozen=True, slots=True)
class RetryPlanner:
    """Makes plans for such turns."""

    store: Store
    planner: Planner
    records: RequestRecords

    async def plan(self, request: ContinueRequest | RetryRequest) -> tuple[Session, TurnPlan]:
        """What is to be done, and in which session.

        :raises UnknownId: if there is no such turn.
        :raises InvalidRequest: if it runs, ended well, or can be done again no more.
        """
        verb: Literal["continue", "retry"] = (
            "continue" if isinstance(request, ContinueRequest) else "retry"
        )
        turn, session = await self._turn(request.turn_id, verb)
        original = await self._original(turn, session.key)
        if verb == "continue" or turn.continues is not None:
            return session, _continuing(turn, session.key, original)
        if original is None:
            raise InvalidRequest(
                "What was asked in that turn is not kept, or its file is gone. Ask again.",
                field="turnId",
            )
        return session, replace(
            original, retries=turn.id, compose=_once_more(turn, original.compose)
        )

    async def _turn(self, turn_id: str, verb: str) -> tuple[Turn, Session]:
        turn = await self.store.turn(turn_id)
        if turn is None:
            raise UnknownId("turn", turn_id, field="turnId")
        session = await self.store.session(turn.session_id)
        if session is None:
            raise UnknownId("turn", turn_id, field="turnId")
        if turn.state in {"queued", "running"}:
            raise InvalidRequest(
                f"That turn is still {turn.state}. Cancel it first to {verb} it.", field="turnId"
            )
        if turn.kind == "compact":
            raise InvalidRequest("Compact the session again instead.", field="turnId")
        if turn.stop_reason == "end_turn":
            raise InvalidRequest(
                f"That turn came to its end: there is nothing to {verb}. Ask what you want next.",
                field="turnId",
            )
        return turn, session

    async def _original(self, turn: Turn, key: Key) -> TurnPlan | None:
        """The plan of what was asked, with today's text; None where it is not to be had."""
        text = await self.store.request_of(turn.id)
        record = None if text is None else self.records.read(text)
        if record is None:
            return None
        request, step = record
        try:
            if isinstance(request, StepsRequest):
                plan = self.planner.steps(request)[step - 1]
            else:
                plan = self.planner.plan(request, request.key or key)
        except (UnusableDocument, IndexError):
            return None
        return replace(plan, record=text)


def _continuing(turn: Turn, key: Key, original: TurnPlan | None) -> TurnPlan:
    path = None if key.file is None else key.path
    plan = original or TurnPlan(turn.kind, key, turn.prompt, lambda _: Composed(""), path)
    prompt = turn.prompt if turn.continues is not None else f"Continue: {turn.prompt}"
    return replace(
        plan,
        prompt=prompt,
        compose=_going_on(turn, None if original is None else original.compose),
        complete=False,
        course=None,
        continues=turn.id,
    )


def _going_on(turn: Turn, original: Compose | None) -> Compose:
    def compose(known: Known) -> Composed:
        trace = known.trace
        missing = missing_from(turn, trace)
        if trace is not None or original is None:
            return Composed(continue_prompt(turn, missing, asked=trace is None))
        asked = original(known)
        return replace(asked, prompt=f"{asked.prompt}\n\n{missing}" if missing else asked.prompt)

    return compose


def _once_more(turn: Turn, original: Compose) -> Compose:
    def compose(known: Known) -> Composed:
        trace = known.trace
        if trace is None:
            return original(known)
        if trace.before is None or not trace.last:
            return Composed(retry_prompt(turn))
        # What was shown with the forgotten prompt is forgotten as well.
        return replace(original(replace(known, shown=None)), drop=Drop(trace.before, turn.id))

    return compose
