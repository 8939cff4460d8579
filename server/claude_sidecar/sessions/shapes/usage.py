"""What was used and spent, in the shapes of the public protocol."""

from __future__ import annotations

from claude_sidecar.sessions.budgets.cost_consent import Warned
from claude_sidecar.sessions.costs.estimates import Estimate, tokens_of
from claude_sidecar.sessions.costs.usage import BudgetState, UsageReport, UsageTotals
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.shapes.values import present, usage_shape


def usage_report_shape(report: UsageReport) -> JsonObject:
    """The result of `usage`."""
    return {
        **_totals(report.total),
        "byDay": [{"day": day, **_totals(each)} for day, each in report.by_day.items()],
        "bySession": [
            present(sessionId=session, title=report.titles.get(session), **_totals(each))
            for session, each in report.by_session.items()
        ],
        "byFile": [
            present(
                uri=uri_from_path(key.path),
                workspace=uri_from_path(key.workspace),
                file=key.file,
                **_totals(each),
            )
            for key, each in report.by_file.items()
        ],
        "byWorkspace": [
            {"workspace": uri_from_path(path), **_totals(each)}
            for path, each in report.by_workspace.items()
        ],
        "byModel": [{"model": model, **_totals(each)} for model, each in report.by_model.items()],
        "budgets": [_budget(each) for each in report.budgets],
    }


def estimate_shape(estimate: Estimate) -> JsonObject:
    """What a review may take."""
    low, high = estimate.low, estimate.high
    return {
        "tokens": {"low": tokens_of(low.usage), "high": tokens_of(high.usage)},
        "costUsd": {"low": low.cost_usd, "high": high.cost_usd},
        "basedOnTurns": estimate.turns,
    }


def warned_shape(warned: Warned) -> JsonObject:
    """The result of `estimate`."""
    return present(**estimate_shape(warned.estimate), reason=warned.reason)


def _budget(budget: BudgetState) -> JsonObject:
    return present(
        setting=budget.setting,
        limitUsd=budget.limit_usd,
        spentUsd=budget.spent_usd,
        leftUsd=budget.left_usd,
    )


def _totals(totals: UsageTotals) -> JsonObject:
    return {"turns": totals.turns, **usage_shape(totals.usage), "costUsd": totals.cost_usd}
