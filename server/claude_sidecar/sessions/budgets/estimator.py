"""Estimates of reviews that nobody has asked for yet: for those who want to know first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TypeAlias

from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.budgets.cost_consent import CostConsent, Warned
from claude_sidecar.sessions.costs.estimates import Estimate
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.planning.planner import Planner
from claude_sidecar.sessions.planning.plans import Known
from claude_sidecar.sessions.planning.requests import ReviewChangesRequest, ReviewRequest

AnyReview: TypeAlias = ReviewRequest | ReviewChangesRequest


@dataclass(frozen=True, slots=True)
class CostEstimator:
    """Composes what would be sent, and says what that may take.

    :param budgets: those of a workspace, by its path.
    """

    planner: Planner
    findings: FindingService
    consent: CostConsent
    budgets: Callable[[str], Budgets]

    async def of(self, request: AnyReview) -> Warned:
        """What a review takes, and whether the user should be asked first.

        :raises InvalidRequest: naming the field that is wrong.
        :raises UnusableDocument: if the file cannot be reviewed.
        """
        budgets = self.budgets(request.key.workspace)
        whole = await self._one(request, budgets)
        session = None
        if not request.fresh:
            session = await self.consent.store.current_session(request.key)
        return await self.consent.warned(whole, budgets, session and session.id)

    async def of_all(self, requests: Sequence[AnyReview]) -> Warned | None:
        """What several take together, those left out that cannot be; None if none can."""
        each: list[Estimate] = []
        for request in requests:
            with suppress(InvalidRequest, UnusableDocument):
                each.append(await self._one(request, self.budgets(request.key.workspace)))
        if not each:
            return None
        return await self.consent.warned(reduce(add, each), self.budgets(requests[0].key.workspace))

    async def _one(self, request: AnyReview, budgets: Budgets) -> Estimate:
        plan = self.planner.plan(request, request.key)
        findings = await self.findings.for_review(request.key.workspace, plan.path)
        composed = plan.compose(Known(None, findings))
        return await self.consent.estimated(len(composed.prompt), budgets)
