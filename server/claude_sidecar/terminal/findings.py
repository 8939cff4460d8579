"""Findings as text, the way a good compiler tells its errors.

The first line is `path:line:column: severity: title`, which editors and other tools make a link
of; then the source with what it is about underlined, why it matters, when it goes wrong, and the
suggestion as a small diff.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from claude_sidecar.findings.model import SEVERITIES, Finding, Severity
from claude_sidecar.terminal.excerpts import (
    SHOWN_LINES,
    DiffLine,
    ExcerptLine,
    Sources,
    excerpt,
    suggestion_diff,
)
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.reply import styled
from claude_sidecar.terminal.words import number_of
from claude_sidecar.visible import one_line, visible

COLOURS: dict[Severity, str] = {
    "error": "bold red",
    "warning": "bold yellow",
    "information": "bold blue",
    "hint": "bold cyan",
}
_DIFF_COLOURS = {"+": "green", "-": "red"}


def print_finding(console: Console, finding: Finding, sources: Sources) -> None:
    """One finding."""
    wrap = console.is_terminal
    console.print(headline(finding), soft_wrap=not wrap)
    for line in excerpt_lines(finding, sources):
        console.print(line, soft_wrap=True)
    for text in _explanation(finding):
        if wrap:
            console.print(Padding(text, (0, 0, 0, 2)))
        else:
            console.print(Text(textwrap.indent(text.plain, "  ")), soft_wrap=True)
    for line in _suggestion_lines(suggestion_diff(finding, sources)):
        console.print(line, soft_wrap=True)


def headline(finding: Finding) -> Text:
    """Where it is, how grave, and what."""
    return Text.assemble(
        (f"{place_of(finding)}: ", "bold"),
        (f"{finding.severity}: ", COLOURS[finding.severity]),
        (one_line(finding.title), "bold"),
        (f" [{finding.category}]", "dim"),
    )


def place_of(finding: Finding) -> str:
    """Its `path:line:column`, from 1."""
    start = finding.range.start
    return f"{visible(shown_path(finding.file))}:{start.line + 1}:{start.character + 1}"


def excerpt_lines(finding: Finding, sources: Sources) -> Iterator[Text]:
    """The source it is about, underlined."""
    lines = excerpt(finding, sources)
    width = len(str(lines[-1].number + 1))
    for line in lines:
        yield from _marked(line, width, COLOURS[finding.severity])
    hidden = finding.range.end.line - finding.range.start.line + 1 - SHOWN_LINES
    if hidden > 0:
        yield Text(f" {'':{width}} … {hidden} more lines", "dim")


def counted(findings: Iterable[Finding]) -> str:
    """How many there are of each severity: `1 error, 2 warnings`; `no findings`."""
    severities = [finding.severity for finding in findings]
    words = [
        number_of(severities.count(severity), severity)
        for severity in SEVERITIES
        if severity in severities
    ]
    return ", ".join(words) or "no findings"


def _marked(line: ExcerptLine, width: int, colour: str) -> Iterator[Text]:
    yield Text.assemble((f" {line.number + 1:>{width}} | ", "dim"), line.text)
    if line.mark is not None:
        first, length = line.mark
        yield Text.assemble((f" {'':{width}} | ", "dim"), " " * first, ("^" * length, colour))


def _explanation(finding: Finding) -> Iterator[Text]:
    yield styled(finding.message.strip())
    if finding.failure_scenario:
        yield Text.assemble(("Fails when: ", "bold"), styled(finding.failure_scenario.strip()))
    if finding.reviewers:
        yield Text(f"Reported by {visible(', '.join(finding.reviewers))}", "dim")


def _suggestion_lines(lines: list[DiffLine]) -> Iterator[Text]:
    if lines:
        yield Text("  Suggestion:", "bold")
    for line in lines[: 3 * SHOWN_LINES]:
        yield Text(f"  {line.sign} {line.text}".rstrip(), _DIFF_COLOURS.get(line.sign, "dim"))
    if len(lines) > 3 * SHOWN_LINES:
        yield Text(f"    … {len(lines) - 3 * SHOWN_LINES} more lines", "dim")
