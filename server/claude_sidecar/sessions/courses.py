"""Turns of several prompts: what is done before the first of them, and after each.

A course decides that. A turn with one is still one turn for the user: one entry in the history, one
result, with the sum of what its prompts cost.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import anyio

from claude_sidecar.errors import SidecarError, TurnFailure
from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.events import Event
from claude_sidecar.sessions.model import ToolCall, Verification
from claude_sidecar.sessions.ports import Allow, Deny, Done, ToolUse
from claude_sidecar.sessions.ports.agent import AgentOutcome

if TYPE_CHECKING:
    from claude_sidecar.sessions.host import Host
    from claude_sidecar.sessions.tickets import TurnPlan


logger = logging.getLogger(__name__)


class CourseHost(Protocol):
    """What a course sees of its turn.

    :ivar calls: Claude's tool calls so far, by id; `findings`: what it has reported.
    """

    calls: dict[str, ToolCall]
    findings: dict[str, Finding]

    @property
    def stopping(self) -> anyio.Event:
        """Set when the turn is to be interrupted."""
        ...

    def publish(self, event: Event) -> None:
        """Let all surfaces know."""
        ...

    def note(self, call: ToolCall) -> None:
        """Keep a call in the journal."""
        ...

    def only_read(self) -> None:
        """From now on nothing is run or changed in the turn."""
        ...

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        """Ask the user."""
        ...


class Course(Protocol):
    """How a turn of several prompts goes."""

    @property
    def verification(self) -> Verification | None:
        """What was seen of its success."""
        ...

    @property
    def ending(self) -> str | None:
        """What is said instead of asking Claude, where there is nothing to ask."""
        ...

    async def begin(self, host: CourseHost, plan: TurnPlan) -> TurnPlan:
        """Before the first prompt: the plan to go on with. If it is about another file, the turn
        goes on in that one's session.
        """
        ...

    async def go_on(self, host: CourseHost) -> str | None:
        """Claude has come to an end: the next prompt, or None if there is none."""
        ...


async def begun(plan: TurnPlan, host: Host) -> TurnPlan:
    """The plan that a turn's course goes on with.

    :raises TurnFailure: if the course broke.
    """
    if plan.course is None:
        return plan
    try:
        later = await plan.course.begin(host, plan)
    except SidecarError:
        raise
    except Exception as error:
        logger.exception("A turn could not begin")
        raise TurnFailure(
            "internal",
            f"The sidecar failed: {type(error).__name__}: {error}",
            hint="See the server's log, and ask again.",
            retryable=True,
        ) from error
    return replace(later, record=plan.record, continues=plan.continues, retries=plan.retries)


def ended_already(course: Course | None, host: Host) -> AgentOutcome | None:
    """How a turn ended whose course has found nothing for Claude to do."""
    if course is None:
        return None
    if host.stopping.is_set():
        return AgentOutcome("cancelled")
    if course.ending is None:
        return None
    host.tell(course.ending)
    return AgentOutcome("end_turn")


async def follow(
    course: Course | None,
    host: Host,
    first: AgentOutcome,
    ask: Callable[[Host, str], Awaitable[AgentOutcome]],
) -> AgentOutcome:
    """Go through the rest of a course.

    :param first: how the first prompt ended.
    :param ask: has Claude answer another one.
    """
    outcome = first
    while course is not None and outcome.stop_reason == "end_turn":
        prompt = await course.go_on(host)
        if host.stopping.is_set():
            outcome = replace(outcome, stop_reason="cancelled")
            break
        if prompt is None:
            break
        if await host.money.out_of_budget() is not None:
            outcome = replace(outcome, stop_reason="max_budget", error=host.money.refusal)
            break
        host.next_prompt(outcome.tally)
        answered = await ask(host, prompt)
        outcome = replace(answered, resumed=first.resumed, restored=first.restored)
    return replace(outcome, tally=host.spent_in_all(outcome.tally))
