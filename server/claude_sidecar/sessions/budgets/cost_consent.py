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
from claude_sidecar.sessions.model import TurnError
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import (
    Answers,
    Editor,
    Question,
    QuestionOption,
    Store,
    Unanswered,
    UserQuestions,
)
from claude_sidecar.settings import SECTION

_PAST_TURNS = 40
_ANSWER_SECONDS = 900.0

START = "Start the review"
LEAVE = "Leave it"


@dataclass(frozen=True, slots=True)
class Warned:
    """An estimate, and why the user should be asked; None where it need not be."""

    estimate: Estimate
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """The review is not to start. `error` says why, where the user cannot know."""

    error: TurnError | None = None


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

    async def before(
        self,
        ticket: RunningTurn,
        session_id: str,
        prompt: str,
        budgets: Budgets,
        publish: Callable[[EstimateMade], None],
    ) -> Withheld | None:
        """Tell what a turn may cost, if it is a review, and ask where that is much: None if it may
        start.
        """
        if ticket.kind != "review":
            return None
        warned = await self.warned(await self.estimated(len(prompt), budgets), budgets, session_id)
        publish(EstimateMade(warned.estimate))
        if warned.reason is None or ticket.plan.confirmed:
            return None
        return await self._asked(ticket, session_id, warned)

    async def _asked(self, ticket: RunningTurn, session_id: str, warned: Warned) -> Withheld | None:
        question = Question(
            f"{in_words(warned.estimate)} {warned.reason}",
            "Review",
            multi_select=False,
            options=(QuestionOption(START), QuestionOption(LEAVE)),
        )
        answers: Answers = Unanswered.NOT_GIVEN
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
        match answers:
            case _ if ticket.stopping.is_set():
                return Withheld()
            case Unanswered.NOT_ASKED:
                return None
            case Unanswered.NOT_GIVEN:
                return Withheld(_unanswered(question))
            case _:
                return None if answers.get(question.question) == START else Withheld()


def in_words(told: Estimate, reviews: int = 1) -> str:
    """An estimate as a sentence."""
    low, high = told.low, told.high
    what = "This review" if reviews == 1 else f"These {reviews:,} reviews"
    by = f"earlier ones ({told.turns})" if told.turns else "size alone"
    return (
        f"{what} may take {tokens_of(low.usage):,} to {tokens_of(high.usage):,} tokens, "
        f"${low.cost_usd:,.2f} to ${high.cost_usd:,.2f}, to go by {by}."
    )


def _unanswered(question: Question) -> TurnError:
    return TurnError(
        kind="billing",
        message="The review was not started, because there was no answer to whether it should be. "
        f"{question.question}",
        hint=f"Ask for it again and choose {START!r}. Where no question is shown, raise the setting "
        "that this names.",
        retryable=True,
    )


def _beyond(left: Left) -> str:
    return (
        f"${max(0.0, left.usd):,.2f} are left of {SECTION}.{left.setting}: it would be stopped there, "
        "with what was found until then."
    )
