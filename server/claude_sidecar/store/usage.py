"""What was used and spent: sums over the ledger."""

from __future__ import annotations

import sqlite3
from typing import Any

from claude_sidecar.sessions.costs.usage import UsageReport, UsageTotals
from claude_sidecar.sessions.model import Key
from claude_sidecar.store import ledger
from claude_sidecar.store.connection import Connection


def report(connection: Connection, *, workspace: str | None, since: float | None) -> UsageReport:
    """Totals, and by local day, session, file, workspace and model; of one workspace, or of all."""
    conditions, values = ["1"], list[Any]()
    if workspace is not None:
        conditions.append("spending.workspace = ?")
        values.append(workspace)
    if since is not None:
        conditions.append("at >= ?")
        values.append(since // ledger.SLOT_SECONDS * ledger.SLOT_SECONDS)

    def sums(what: str, rest: str) -> list[sqlite3.Row]:
        return connection.execute(
            f"SELECT {what}, count(DISTINCT turn_id) AS turns, {ledger.SUMS} FROM spending"  # noqa: S608 - the store's own names
            f" WHERE {' AND '.join(conditions)} {rest}",
            values,
        ).fetchall()

    (total,) = sums("NULL", "")
    days = sums("date(at, 'unixepoch', 'localtime') AS day", "GROUP BY day ORDER BY day")
    by_session = sums("session_id", "GROUP BY session_id ORDER BY max(number) DESC")
    by_file = sums("workspace, file", "GROUP BY workspace, file ORDER BY cost_usd DESC")
    by_workspace = sums("workspace", "GROUP BY workspace ORDER BY cost_usd DESC")
    by_model = sums("model", "AND model != '' GROUP BY model ORDER BY cost_usd DESC")
    titles = connection.execute(
        "SELECT DISTINCT s.id, s.title FROM spending JOIN sessions s ON s.id = session_id"  # noqa: S608 - the store's own names
        f" WHERE {' AND '.join(conditions)}",
        values,
    )
    return UsageReport(
        _totals(total),
        by_day={row["day"]: _totals(row) for row in days},
        by_session={row["session_id"]: _totals(row) for row in by_session},
        by_file={Key(row["workspace"], row["file"]): _totals(row) for row in by_file},
        by_workspace={row["workspace"]: _totals(row) for row in by_workspace},
        by_model={row["model"]: _totals(row) for row in by_model},
        titles={row["id"]: row["title"] for row in titles},
    )


def _totals(row: sqlite3.Row) -> UsageTotals:
    return UsageTotals(row["turns"], ledger.usage_of(row), row["cost_usd"])
