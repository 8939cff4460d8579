"""`claude-sidecar usage`: tokens and dollars, in total, by day and by session."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from rich.table import Table
from rich.text import Text

from claude_sidecar.errors import UnknownId
from claude_sidecar.sessions.shapes import usage_report_shape
from claude_sidecar.sessions.usage import UsageReport, UsageTotals
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import json_text
from claude_sidecar.terminal.engine import Engine
from claude_sidecar.terminal.ids import SHORT_ID
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import json_option, takes_flags
from claude_sidecar.terminal.program import FINE
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.terminal.words import money, number_of, tokens
from claude_sidecar.visible import one_line

_DEAREST = 10


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    if text.endswith("d") and text[:-1].isdecimal():
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight - timedelta(days=int(text[:-1]))).timestamp()
    try:
        return datetime.strptime(text, "%Y-%m-%d").astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(f"{text!r} is not a day like 2026-01-31, or 7d.") from None


@click.command("usage", short_help="What was used and spent.")
@click.option("--since", metavar="DAY", callback=_moment, help="A day (2026-01-31) or 7d.")
@json_option
@takes_flags(asks_claude=False)
def command(flags: Flags, *, since: float | None, output_format: str) -> int:
    """Show tokens and costs, of everything or of one workspace."""
    invocation = invoked(flags)
    workspace = None
    if flags.workspace is not None:
        workspace = invocation.workspaces.key_of_workspace().workspace
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        report = engine.call(engine.sidecar.sessions.usage, workspace=workspace, since=since)
        titles = _titles(engine, report) if output_format == "text" else {}
    if output_format == "json":
        invocation.screen.out.file.write(json_text(usage_report_shape(report)) + "\n")
    else:
        _print_report(invocation.screen, report, titles)
    return FINE


def _dearest(report: UsageReport) -> list[tuple[str, UsageTotals]]:
    by_cost = sorted(report.by_session.items(), key=lambda item: -item[1].cost_usd)
    return by_cost[:_DEAREST]


def _titles(engine: Engine, report: UsageReport) -> dict[str, str]:
    titles: dict[str, str] = {}
    for session_id, _ in _dearest(report):
        try:
            titles[session_id] = engine.call(engine.sidecar.sessions.get, session_id).title
        except UnknownId:
            titles[session_id] = "(deleted)"
    return titles


def _print_report(screen: Screen, report: UsageReport, titles: dict[str, str]) -> None:
    total = report.total
    screen.line(
        Text(
            f"{money(total.cost_usd)} in {number_of(total.turns, 'turn')}: {tokens(total.usage)}",
            "bold",
        )
    )
    if not total.turns:
        return
    screen.line()
    _print_rows(screen, "Day", list(report.by_day.items()))
    screen.line()
    rows = [
        (f"{session[:SHORT_ID]} {one_line(titles[session], 50)}", totals)
        for session, totals in _dearest(report)
    ]
    _print_rows(screen, "Session", rows)


def _print_rows(screen: Screen, name: str, rows: list[tuple[str, UsageTotals]]) -> None:
    if not screen.live:
        for title, totals in rows:
            turns = number_of(totals.turns, "turn")
            cells = (title, money(totals.cost_usd), turns, tokens(totals.usage))
            screen.line("\t".join(cells))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(name)
    for header in ("Cost", "Turns", "Tokens"):
        table.add_column(header, justify="right", no_wrap=True)
    for title, totals in rows:
        cells = (title, money(totals.cost_usd), str(totals.turns), tokens(totals.usage))
        table.add_row(*map(Text, cells))
    screen.out.print(table)
