"""What a finding is: one result of a review, anchored to the text it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from claude_sidecar.text import Range

Severity: TypeAlias = Literal["error", "warning", "information", "hint"]
Category: TypeAlias = Literal[
    "bug",
    "security",
    "performance",
    "concurrency",
    "error-handling",
    "consistency",
    "documentation",
    "naming",
    "readability",
    "testing",
    "other",
]
FindingState: TypeAlias = Literal["open", "fixed", "dismissed", "stale"]
AnchorState: TypeAlias = Literal["exact", "moved", "lost"]
Verdict: TypeAlias = Literal["confirmed", "plausible"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the gravest to the mildest."""
CATEGORIES: tuple[Category, ...] = get_args(Category)
FINDING_STATES: tuple[FindingState, ...] = get_args(FindingState)
TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Context:
    """The lines before and behind a quote, blank ones left out, each without outer white space."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One review result.

    :param file: the absolute, canonical path of the file it is in, with `/`.
    :param range: where `quote` stands, in code points (see :mod:`claude_sidecar.text`).
    :param title: at most :data:`TITLE_LIMIT` characters, one line.
    :param message: why it matters, in Markdown.
    :param failure_scenario: inputs or a sequence of events that make it go wrong.
    :param quote: the text of the file it is about, exactly as the file has it.
    :param suggestion: what to put in place of `quote`.
    :param context: the lines around the quote, by which it is known again elsewhere.
    :param reason: why it was dismissed, in the words of the one who did.
    :param reviewers: the names of the reviewers that reported it; empty for a plain review.
    :param created_at: seconds since the epoch.
    """

    id: str
    file: str
    range: Range
    severity: Severity
    category: Category
    title: str
    message: str
    quote: str
    session_id: str
    turn_id: str
    created_at: float
    failure_scenario: str | None = None
    suggestion: str | None = None
    verdict: Verdict | None = None
    state: FindingState = "open"
    anchor: AnchorState = "exact"
    reviewers: tuple[str, ...] = ()
    context: Context = Context()
    reason: str | None = None


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether `severity` is as grave as `threshold`, or graver."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)
