"""All that is known of a finding, to be read: in Markdown, or plain for clients without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import TurnKind
from claude_sidecar.visible import visible

_DIFF_HEADER_LINES = 3
_CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a finding comes from: the turn that reported it, and its session.

    :param at: seconds since the epoch.
    """

    kind: TurnKind
    at: float
    session_title: str
    session_id: str


def finding_text(
    finding: Finding,
    replaced: tuple[Sequence[str], Sequence[str]] | None,
    origin: Origin | None,
    *,
    markdown: bool,
) -> str:
    """The claim, its reason, the scenario, the suggestion as a diff, the verdict, and who said so.

    :param replaced: the lines that the suggestion changes, before and after.
    """
    strong, weak = ("**", "*") if markdown else ("", "")
    parts = [f"{strong}{finding.title}{strong}", finding.message]
    if finding.failure_scenario:
        parts.append(f"{strong}Fails when:{strong} {finding.failure_scenario}")
    if replaced is not None:
        diff = diff_text(*replaced)
        parts.append(_fenced(diff) if markdown else f"Suggestion:\n{diff}")
    parts.append(f"{weak}{_provenance(finding, origin)}{weak}")
    return visible("\n\n".join(part.strip() for part in parts if part.strip()))


def diff_text(before: Sequence[str], after: Sequence[str]) -> str:
    """What is changed between lines, without a header.

    >>> print(diff_text(["a", "b"], ["a", "c"]))
     a
    -b
    +c
    """
    lines = list(unified_diff(before, after, n=_CONTEXT_LINES, lineterm=""))
    return "\n".join(lines[_DIFF_HEADER_LINES:])


def _fenced(diff: str) -> str:
    """A code block; its fence is longer than any in it."""
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", diff)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}diff\n{diff}\n{fence}"


def _provenance(finding: Finding, origin: Origin | None) -> str:
    said = f"{finding.severity.capitalize()}, {finding.category}"
    if finding.verdict is not None:
        said = f"{said}, {finding.verdict}"
    if finding.reviewers:
        said = f"{said}, by {', '.join(finding.reviewers)}"
    if origin is None:
        return f"Claude: {said}"
    day = datetime.fromtimestamp(origin.at).astimezone().strftime("%Y-%m-%d %H:%M")
    title = re.sub(r"[*_`\[\]<>]", "", origin.session_title)
    return f"Claude: {said}. {origin.kind.capitalize()} of {day}, in the session “{title}” ({origin.session_id[:8]})"
