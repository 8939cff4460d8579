"""A remark: what a rule has to say about some lines, and the tool call that reports it."""

from __future__ import annotations

from dataclasses import dataclass

from claude_sidecar.findings.model import TITLE_LIMIT, Category, Severity
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
