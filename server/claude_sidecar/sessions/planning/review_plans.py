"""Plans of reviews: of a file, of what has changed, and of a finding that is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.planning.plans import Composed, Known, TurnPlan
from claude_sidecar.sessions.planning.requests import (
    ReviewChangesRequest,
    ReviewRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.planning.subjects import described, hash_of, if_shown, path_of
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.prompts.turns import (
    ReviewWishes,
    review_changes_prompt,
    review_prompt,
    verify_prompt,
)
from claude_sidecar.settings import REVIEWERS, Settings


@dataclass(frozen=True, slots=True)
class ReviewPlanner:
    """Makes them.

    :param settings: those of a workspace, by its path.
    """

    documents: Documents
    settings: Callable[[str], Settings]

    def file(self, request: ReviewRequest, key: Key) -> TurnPlan:
        """A review of a file, or of a part of it, or of the whole workspace."""
        wishes = self._wishes(request, key)
        document = (
            None if key.file is None else self.documents.read_for_review(key.path, request.range)
        )
        subject = Subject(key.file, document, request.range)

        def compose(known: Known) -> Composed:
            prompt = review_prompt(subject, wishes, known=known.findings)
            return Composed(prompt, hash_of(document))

        prompt = f"Review {described(key, request.range)}{_looking_for(request.focus)}"
        everything = not (request.range or request.focus or wishes.reviewers)
        complete = everything and key.file is not None and wishes.min_severity == "hint"
        return TurnPlan(
            "review",
            key,
            prompt,
            compose,
            path_of(key),
            request.range,
            complete,
            confirmed=request.confirmed,
        )

    def changes(self, request: ReviewChangesRequest) -> TurnPlan:
        """A review of a change set."""
        changes = request.changes
        wishes = self._wishes(request, changes.key)

        def compose(known: Known) -> Composed:
            return Composed(review_changes_prompt(changes, wishes, known=known.findings))

        prompt = f"Review {changes.described}{_looking_for(request.focus)}"
        return TurnPlan("review", changes.key, prompt, compose, confirmed=request.confirmed)

    def verification(self, request: VerifyRequest, key: Key) -> TurnPlan:
        """Whether a finding still holds."""
        finding = request.finding
        document = self.documents.read(key.path)
        around = Subject(key.file, if_shown(document, finding.range), finding.range)

        def compose(_: Known) -> Composed:
            return Composed(verify_prompt(around, finding), hash_of(around.document))

        prompt = f"Verify: {finding.title} ({described(key, finding.range)})"
        return TurnPlan("review", key, prompt, compose, path_of(key), finding.range, confirmed=True)

    def _wishes(self, request: ReviewRequest | ReviewChangesRequest, key: Key) -> ReviewWishes:
        settings = self.settings(key.workspace)
        reviewers = request.reviewers or settings.review_reviewers
        for name in reviewers:
            if name not in REVIEWERS:
                raise InvalidRequest(
                    f"{name!r} is not a reviewer. There are: {', '.join(REVIEWERS)}.",
                    field="reviewers",
                )
        return ReviewWishes(
            focus=request.focus,
            reviewers=reviewers,
            verify=request.verify or settings.review_verify,
            min_severity=settings.review_min_severity,
        )


def _looking_for(focus: str | None) -> str:
    return f", looking for: {focus}" if focus else ""
