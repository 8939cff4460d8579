"""Goes through a turn's course: what is done before its first prompt, and after each.

The course decides that (see `planning/plans.py`); here are its tries, its failures and its money.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from claude_sidecar.errors import SidecarError, TurnFailure
from claude_sidecar.sessions.planning.plans import Course, TurnPlan
from claude_sidecar.sessions.ports import AgentOutcome
from claude_sidecar.sessions.running.host import Host

logger = logging.getLogger(__name__)


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
