"""Findings in a list, as a person reads them and as a shell takes them apart."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from claude_sidecar.findings.model import Finding
from claude_sidecar.terminal.findings import COLOURS, place_of
from claude_sidecar.terminal.ids import SHORT_ID
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.visible import one_line


def print_findings(screen: Screen, findings: Sequence[Finding]) -> None:
    """A table on a terminal; in a pipe one finding a line, its fields apart by tabs."""
    if not screen.live:
        for each in findings:
            cells = (each.id, place_of(each), each.severity, each.category, state_of(each))
            screen.line("\t".join(map(one_line, (*cells, each.title))))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Finding", style="cyan", no_wrap=True)
    table.add_column("Where", overflow="fold")
    table.add_column("Severity", no_wrap=True)
    table.add_column("Title", ratio=1)
    table.add_column("State")
    for each in findings:
        table.add_row(
            each.id[:SHORT_ID],
            Text(place_of(each)),
            Text(each.severity, COLOURS[each.severity]),
            Text(one_line(each.title)),
            Text(one_line(state_of(each))),
        )
    screen.out.print(table)


def state_of(finding: Finding) -> str:
    """Its state, and why it was dismissed."""
    return f"{finding.state}: {finding.reason}" if finding.reason else finding.state
