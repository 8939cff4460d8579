"""A remark: what a rule has to say about some lines, and the tool call that reports it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from claude_sidecar.findings.model import SEVERITIES, TITLE_LIMIT, Category, Severity
from claude_sidecar.offline.prompt import Source
from claude_sidecar.offline.replies import Call

REPORT_TOOL = "mcp__sidecar__report_finding"


@dataclass(frozen=True, slots=True)
class Remark:
    """One result of a rule.

    :param line: the first line it is about, as editors count.
    :param quote: the lines it is about, whole.
    :param rule: the rule's name, with its tool's: `Ruff B006`.
    :param replacement: the text that removes it, where a tool says that it is safe.
    """

    line: int
    quote: str
    severity: Severity
    category: Category
    title: str
    message: str
    rule: str
    failure_scenario: str | None = None
    replacement: str | None = None


def merged(remarks: Iterable[Remark]) -> list[Remark]:
    """Remarks of one kind about the same lines made one: a finding is known by these two."""
    groups: dict[tuple[int, str, Category], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.line, remark.quote, remark.category), []).append(remark)
    return [_one_of(group) for group in groups.values()]


def _one_of(group: list[Remark]) -> Remark:
    gravest = min(group, key=lambda remark: SEVERITIES.index(remark.severity))
    others = [f"{each.title} ({each.rule})" for each in group if each is not gravest]
    if not others:
        return gravest
    replacements = {each.replacement for each in group}
    return replace(
        gravest,
        message="\n\n".join([gravest.message, *(f"Also: {other}" for other in others)]),
        replacement=replacements.pop() if len(replacements) == 1 else None,
    )


def report(remark: Remark, source: Source) -> Call:
    """The tool call that reports a remark."""
    arguments: dict[str, str | int] = {
        "file": source.path,
        "quote": remark.quote,
        "line": remark.line,
        "severity": remark.severity,
        "category": remark.category,
        "title": shortened(remark.title),
        "message": f"{remark.message}\n\n({remark.rule})",
    }
    if remark.failure_scenario:
        arguments["failure_scenario"] = remark.failure_scenario
    if remark.replacement is not None:
        arguments["replacement"] = remark.replacement
    return Call(REPORT_TOOL, arguments)


def shortened(title: str) -> str:
    """A title of one line that is not too long for a finding."""
    line = " ".join(title.split())
    return line if len(line) <= TITLE_LIMIT else f"{line[: TITLE_LIMIT - 1].rstrip()}…"
