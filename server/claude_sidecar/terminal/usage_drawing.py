"""What was used and spent, drawn: a table for each way to part it, with bars, and the budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from claude_sidecar.sessions.costs.usage import BudgetState, UsageReport, UsageTotals
from claude_sidecar.terminal.ids import SHORT_ID
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.terminal.words import money, number_of, short, tokens, tokens_in
from claude_sidecar.visible import one_line

_DEAREST = 10
_DAYS = 31
_BAR = 12
_OTHERS = 48
"""Columns that all but the name take."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The whole, parted in one way; `left_out` says how many rows there are beyond these."""

    name: str
    rows: Sequence[tuple[str, UsageTotals]]
    left_out: int = 0


def draw_usage(screen: Screen, report: UsageReport) -> None:
    """Show a report: as tables to a person, as lines with tabs in a pipe."""
    total = report.total
    turns = number_of(total.turns, "turn")
    screen.line(Text(f"{money(total.cost_usd)} in {turns}: {tokens(total.usage)}", "bold"))
    if report.budgets:
        screen.line()
        _draw_budgets(screen, report.budgets)
    if not total.turns:
        return
    for part in _parts(report):
        screen.line()
        _draw_part(screen, part)


def _parts(report: UsageReport) -> list[_Part]:
    days = list(report.by_day.items())
    parts = [
        _Part("Day", days[-_DAYS:], max(0, len(days) - _DAYS)),
        _dearest(
            "Session",
            [
                (f"{session[:SHORT_ID]} {report.titles.get(session, '(deleted)')}", each)
                for session, each in report.by_session.items()
            ],
        ),
        _dearest("File", [(shown_path(key.path), each) for key, each in report.by_file.items()]),
    ]
    if len(report.by_workspace) > 1:
        rows = [(shown_path(path), each) for path, each in report.by_workspace.items()]
        parts.append(_dearest("Workspace", rows))
    if report.by_model:
        parts.append(_dearest("Model", list(report.by_model.items())))
    return parts


def _dearest(name: str, rows: Sequence[tuple[str, UsageTotals]]) -> _Part:
    by_cost = sorted(rows, key=lambda row: -row[1].cost_usd)
    return _Part(name, by_cost[:_DEAREST], max(0, len(rows) - _DEAREST))


def _draw_part(screen: Screen, part: _Part) -> None:
    if not screen.live:
        for title, totals in part.rows:
            turns = number_of(totals.turns, "turn")
            screen.line("\t".join((title, money(totals.cost_usd), turns, tokens(totals.usage))))
        return
    room = max(20, screen.out.width - _OTHERS)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(part.name, max_width=room, no_wrap=True)
    table.add_column("", width=_BAR)
    for header in ("Cost", "Turns", "In", "Out"):
        table.add_column(header, justify="right", no_wrap=True)
    most = max((totals.cost_usd for _, totals in part.rows), default=0.0)
    for title, totals in part.rows:
        table.add_row(
            Text(one_line(title, room)),
            Bar(most or 1.0, 0, totals.cost_usd, width=_BAR, color="cyan"),
            money(totals.cost_usd),
            f"{totals.turns:,}",
            short(tokens_in(totals.usage)),
            short(totals.usage.output_tokens),
        )
    screen.out.print(table)
    if part.left_out:
        what = "earlier" if part.name == "Day" else "cheaper"
        screen.line(Text(f"and {part.left_out:,} {what}", "dim"))


def _draw_budgets(screen: Screen, budgets: Sequence[BudgetState]) -> None:
    if not screen.live:
        for budget in budgets:
            cells = [budget.setting, money(budget.limit_usd)]
            if budget.spent_usd is not None and budget.left_usd is not None:
                cells += [f"{money(budget.spent_usd)} spent", f"{money(budget.left_usd)} left"]
            screen.line("\t".join(cells))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Budget")
    table.add_column("", width=_BAR)
    for header in ("Limit", "Spent", "Left"):
        table.add_column(header, justify="right", no_wrap=True)
    for budget in budgets:
        spent, left = budget.spent_usd, budget.left_usd
        if spent is None or left is None:
            table.add_row(budget.setting, "", money(budget.limit_usd), "", "")
            continue
        colour = "red" if not left else "yellow" if left < budget.limit_usd / 5 else "green"
        table.add_row(
            budget.setting,
            Bar(
                budget.limit_usd,
                0,
                min(spent, budget.limit_usd),
                width=_BAR,
                color=colour,
                bgcolor="bright_black",
            ),
            *(money(each) for each in (budget.limit_usd, spent, left)),
        )
    screen.out.print(table)
