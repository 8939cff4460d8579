"""Results as JSON and as Markdown: what other programs, and pull requests, are given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.shapes.turns import result_shape
from claude_sidecar.terminal.excerpts import Sources, suggestion_diff
from claude_sidecar.terminal.findings import counted
from claude_sidecar.terminal.outcome import ending
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.visible import visible, visible_json


def result_json(result: TurnResult, sources: Sources) -> str:
    """A `TurnResult` of the protocol, positions in UTF-16 as LSP has them by default."""
    return json_text(result_shape(result, sources.utf16_range))


def json_text(value: Any) -> str:
    """A JSON document on one line that a terminal does not obey."""
    return visible_json(json.dumps(value, ensure_ascii=False))


def review_markdown(
    path: str, result: TurnResult, findings: Sequence[Finding], sources: Sources
) -> str:
    """A review of one file, as a section of a Markdown document."""
    lines = [findings_markdown(path, findings, sources)]
    if result.text.strip():
        lines += [visible(result.text.strip()), ""]
    if (words := ending(result)) is not None:
        failed = "failed" if result.stop_reason == "error" else "is not complete"
        lines += [f"**The review {failed}**: {visible(words)}", ""]
    return "\n".join(lines)


def findings_markdown(path: str, findings: Sequence[Finding], sources: Sources) -> str:
    """The findings of one file, as a section of a Markdown document."""
    lines = [f"## `{shown_path(path)}`: {counted(findings)}", ""]
    for finding in findings:
        lines += [*_finding_section(finding, sources), ""]
    return visible("\n".join(lines))


def _finding_section(finding: Finding, sources: Sources) -> Iterator[str]:
    line = finding.range.start.line + 1
    facts = [
        f"line {line}",
        finding.category,
        *([] if finding.state == "open" else [finding.state]),
    ]
    yield f"### {finding.severity}: {finding.title} ({', '.join(facts)})"
    yield ""
    yield from _fenced(finding.quote.splitlines(), finding.file.rpartition(".")[2])
    yield ""
    yield finding.message.strip()
    if finding.failure_scenario:
        yield ""
        yield f"**Fails when:** {finding.failure_scenario.strip()}"
    if finding.reason:
        yield ""
        yield f"**Dismissed:** {finding.reason.strip()}"
    diff = suggestion_diff(finding, sources)
    if diff:
        yield ""
        yield from _fenced([f"{line.sign}{line.text}" for line in diff], "diff")


def _fenced(lines: Sequence[str], language: str) -> list[str]:
    """A code block, behind a fence that nothing inside it can close."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language if language.isalnum() else ''}", *lines, fence]
