"""Says what a review may cost before it starts, and asks the user first where that is much.

Much is more than `review.confirmAboveUsd`, or than what is left of a budget. Where nobody can be
asked (a script, an editor that shows no questions) the review goes on: the budgets hold there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import anyio

from claude_sidecar.sessions.budgets.budgets import Budgets, Left
from claude_sidecar.sessions.costs.estimates import Estimate, estimate, tokens_of
from claude_sidecar.sessions.events import EstimateMade
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Editor, Question, QuestionOption, Store, UserQuestions
from claude_sidecar.settings import SECTION

_PAST_TURNS = 40
_ANSWER_SECONDS = 900.0
# Some editors answer a question that they do not show, at once. Nobody reads as fast.
_READING_SECONDS = 0.5

START = "Start the review"
LEAVE = "Leave it"


@dataclass(frozen=True, slots=True)
class Warned:
    """An estimate, and why the user should be asked; None where it need not be."""

    estimate: Estimate
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CostConsent:
    """Estimates, and asks."""

    store: Store
    editor: Editor

    async def estimated(self, characters: int, budgets: Budgets) -> Estimate:
        """What a review of a prompt of so many characters takes."""
        past = await self.store.past_turns("review", limit=_PAST_TURNS)
        return estimate(characters, budgets.settings().model, past)

    async def warned(
        self, whole: Estimate, budgets: Budgets, session_id: str | None = None
    ) -> Warned:
        """Whether an estimate is above what the user wants to be asked about.

        :param session_id: the session it would run in, if there is one.
        """
        high = whole.high.cost_usd
        left = await budgets.left(session_id)
        if left is not None and high > left.usd:
            return Warned(whole, _beyond(left))
        above = budgets.settings().review_confirm_above_usd
        if high > above:
            return Warned(
                whole, f"That may be above ${above:,.2f} ({SECTION}.review.confirmAboveUsd)."
            )
        return Warned(whole)

    async def agreed(
        self,
        ticket: RunningTurn,
        session_id: str,
        prompt: str,
        budgets: Budgets,
        publish: Callable[[EstimateMade], None],
    ) -> bool:
        """Tell what a turn may cost, if it is a review, and find out whether it may start."""
        if ticket.kind != "review":
            return True
        warned = await self.warned(await self.estimated(len(prompt), budgets), budgets, session_id)
        publish(EstimateMade(warned.estimate))
        return await self.given(ticket, session_id, warned)

    async def given(self, ticket: RunningTurn, session_id: str, warned: Warned) -> bool:
        """Whether the review may start; a turn that is cancelled meanwhile may not."""
        if warned.reason is None or ticket.plan.confirmed:
            return True
        question = Question(
            f"{in_words(warned.estimate)} {warned.reason}",
            "Review",
            multi_select=False,
            options=(QuestionOption(START), QuestionOption(LEAVE)),
        )
        asked_at, answers = anyio.current_time(), None
        async with anyio.create_task_group() as tasks:

            async def give_up() -> None:
                await ticket.stopping.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(give_up)
            with anyio.move_on_after(_ANSWER_SECONDS):
                answers = await self.editor.ask_user(
                    UserQuestions(session_id, ticket.turn_id, (question,))
                )
            tasks.cancel_scope.cancel()
        if answers is None:
            read = anyio.current_time() - asked_at >= _READING_SECONDS
            return not read and not ticket.stopping.is_set()
        return answers.get(question.question) == START


def in_words(told: Estimate, reviews: int = 1) -> str:
    """An estimate as a sentence."""
    low, high = told.low, told.high
    what = "This review" if reviews == 1 else f"These {reviews:,} reviews"
    by = f"earlier ones ({told.turns})" if told.turns else "size alone"
    return (
        f"{what} may take {tokens_of(low.usage):,} to {tokens_of(high.usage):,} tokens, "
        f"${low.cost_usd:,.2f} to ${high.cost_usd:,.2f}, to go by {by}."
    )


def _beyond(left: Left) -> str:
    return (
        f"${max(0.0, left.usd):,.2f} are left of {SECTION}.{left.setting}: it would be stopped there, "
        "with what was found until then."
    )
