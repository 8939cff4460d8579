"""Results that are lists, as Markdown: for clients that throw a command's result away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.costs.usage import BudgetState, UsageReport, UsageTotals
from claude_sidecar.sessions.model import Session, SessionPage
from claude_sidecar.sessions.ports import KeptRule, OpenQuestion
from claude_sidecar.sessions.shapes.values import time_shape
from claude_sidecar.sessions.turns.cancelling import Cancelled
from claude_sidecar.settings import Problem

if TYPE_CHECKING:
    from claude_sidecar.sidecar import Status

_LISTED = 20
"""Lines of each part of a report; the rest is in the command's result."""


def sessions_text(page: SessionPage) -> str:
    """The result of `session.list`."""
    if not page.sessions:
        return "# Sessions\n\nThere are none.\n"
    more = "\nThere are more.\n" if page.next_cursor else ""
    lines = "".join(f"- {_session_line(session)}\n" for session in page.sessions)
    return f"# Sessions\n\n{lines}{more}"


def findings_text(findings: Sequence[Finding]) -> str:
    """The result of `finding.list`."""
    if not findings:
        return "# Findings\n\nThere are none.\n"
    lines = "".join(
        f"- {each.file}:{each.range.start.line + 1}: {each.severity} ({each.category}, "
        f"{each.state}) {each.title}\n"
        for each in findings
    )
    return f"# Findings\n\n{lines}"


def permissions_text(rules: Sequence[KeptRule], pending: Sequence[OpenQuestion]) -> str:
    """The result of `permission.list`."""
    kept = "".join(f"- {_rule_line(each)}\n" for each in rules) or "Nothing was allowed for good.\n"
    waiting = "".join(
        f"- {time_shape(each.asked_at)} {each.title} (session `{each.session_id}`)\n"
        for each in pending
    )
    return f"# Permissions\n\n{kept}" + (f"\n## Not answered yet\n\n{waiting}" if waiting else "")


def _rule_line(rule: KeptRule) -> str:
    place = rule.workspace if rule.session_id is None else f"session `{rule.session_id}`"
    return f"{'allowed' if rule.allows else 'refused'}: {rule.rule} in {place}, rule `{rule.id}`"


def cancelled_text(cancelled: Cancelled) -> str:
    """What was stopped and what was not, in a sentence or two."""
    parts = [f"Stopped {_number(len(cancelled.stopped), 'turn')}."]
    if cancelled.still_running:
        parts.append(f"{_number(len(cancelled.still_running), 'turn')} still running.")
    if cancelled.background_stopped:
        names = ", ".join(task.description for task in cancelled.background_stopped)
        parts.append(f"Stopped in the background: {names}.")
    if cancelled.background_running:
        names = ", ".join(task.description for task in cancelled.background_running)
        parts.append(f"Still running in the background: {names}.")
    return " ".join(parts)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def usage_text(report: UsageReport) -> str:
    """The result of `usage`."""
    parts = [
        ("Days", list(report.by_day.items())[::-1]),
        (
            "Sessions",
            [
                (f"**{report.titles.get(session, 'deleted')}** `{session}`", each)
                for session, each in report.by_session.items()
            ],
        ),
        ("Files", [(key.path, each) for key, each in report.by_file.items()]),
        ("Workspaces", list(report.by_workspace.items())),
        ("Models", list(report.by_model.items())),
    ]
    lists = "".join(_totals_list(title, part[:_LISTED]) for title, part in parts if part)
    budgets = "".join(f"- {_budget_line(each)}\n" for each in report.budgets)
    return (
        f"# Usage\n\n{_totals_line(report.total)}\n\n"
        + (f"## Budgets\n\n{budgets}\n" if budgets else "")
        + lists
    )


def status_text(status: Status, problems: Sequence[Problem]) -> str:
    """The result of `status`."""
    login = {True: "yes", False: "no", None: "not known yet"}[status.authenticated]
    kept = "" if status.store.persistent else " (in memory only)"
    lines = [
        f"- claude-sidecar {status.server}",
        f"- Claude Agent SDK: {status.sdk or 'not loaded yet'}",
        f"- Claude Code: {status.cli or 'not started yet'}",
        f"- logged in: {login}",
        f"- sessions are kept in {status.store.location}{kept}",
        f"- live sessions: {status.live_sessions}",
    ]
    if status.store.problem:
        lines.append(f"- **problem:** {status.store.problem}")
    lines.extend(f"- **setting:** {problem.message}" for problem in problems)
    return "# Status\n\n" + "\n".join(lines) + "\n"


def _session_line(session: Session) -> str:
    mark = " (current)" if session.current else ""
    mark += " (begun in Claude Code)" if session.elsewhere else ""
    return (
        f"{time_shape(session.updated_at)} **{session.title}**{mark}: "
        f"{session.key.file or session.key.workspace}, {session.turns} turns, "
        f"${session.cost_usd:.4f}, `{session.id}`"
    )


def _totals_list(title: str, part: Sequence[tuple[str, UsageTotals]]) -> str:
    lines = "".join(f"- {name}: {_totals_line(each)}\n" for name, each in part)
    return f"## {title}\n\n{lines}\n"


def _budget_line(budget: BudgetState) -> str:
    line = f"{budget.setting}: ${budget.limit_usd:,.2f}"
    if budget.spent_usd is None or budget.left_usd is None:
        return line
    return f"{line}, of which ${budget.spent_usd:.4f} were spent; ${budget.left_usd:.4f} are left"


def _totals_line(totals: UsageTotals) -> str:
    usage = totals.usage
    return (
        f"{totals.turns} turns, {usage.input_tokens:,} tokens in, {usage.output_tokens:,} out, "
        f"{usage.cache_read_tokens:,} from the cache, ${totals.cost_usd:.4f}"
    )
