"""What was used and spent: sums over the turns that were begun."""

from __future__ import annotations

import sqlite3
from typing import Any

from claude_sidecar.sessions.model import UsageReport, UsageTotals
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.journal import usage_of

_SUMS = """
    count(*) AS turns,
    total(t.cost_usd) AS cost_usd,
    ifnull(sum(t.input_tokens), 0) AS input_tokens,
    ifnull(sum(t.output_tokens), 0) AS output_tokens,
    ifnull(sum(t.cache_read_tokens), 0) AS cache_read_tokens,
    ifnull(sum(t.cache_write_tokens), 0) AS cache_write_tokens
"""


def report(connection: Connection, *, workspace: str | None, since: float | None) -> UsageReport:
    """Totals, by local day, and by session; of one workspace, or of all."""
    conditions, values = ["t.begun"], list[Any]()
    if workspace is not None:
        conditions.append("s.workspace = ?")
        values.append(workspace)
    if since is not None:
        conditions.append("t.started_at >= ?")
        values.append(since)

    def sums(what: str, rest: str) -> list[sqlite3.Row]:
        return connection.execute(
            f"SELECT {what} AS what, {_SUMS} FROM turns t JOIN sessions s ON s.number = t.session"  # noqa: S608 - the store's own names
            f" WHERE {' AND '.join(conditions)} {rest}",
            values,
        ).fetchall()

    (total,) = sums("NULL", "")
    days = sums("date(t.started_at, 'unixepoch', 'localtime')", "GROUP BY what ORDER BY what")
    by_session = sums("s.id", "GROUP BY t.session ORDER BY max(t.number) DESC")
    return UsageReport(
        _totals(total),
        {row["what"]: _totals(row) for row in days},
        {row["what"]: _totals(row) for row in by_session},
    )


def _totals(row: sqlite3.Row) -> UsageTotals:
    return UsageTotals(row["turns"], usage_of(row), row["cost_usd"])
