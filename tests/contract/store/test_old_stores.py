"""Stores that earlier versions wrote: opened by this one with all that is in them, and kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.sessions.model import FindingQuery, SessionQuery
from claude_sidecar.store.connection import connect
from claude_sidecar.store.schema import MIGRATIONS, migrate
from claude_sidecar.store.sqlite import SqliteStore, open_store
from support import everything
from support.everything import written_by

pytestmark = pytest.mark.anyio

LAST = len(MIGRATIONS)
OLD = [int(path.stem[1:]) for path in sorted(everything.FOLDER.glob("v*.sql"))]


async def check(store: SqliteStore) -> None:
    """All that `everything.fill` wrote is there, and what was cut off is settled."""
    cut = everything.SUCCESSOR
    expected = {
        everything.REVIEWED.id: replace(
            everything.REVIEWED, turns=2, cost_usd=0.75, open_findings=1
        ),
        everything.FORK.id: everything.FORK,
        cut.id: replace(cut, turns=2, state="interrupted"),
    }
    page = await store.sessions(SessionQuery())
    assert {session.id: session for session in page.sessions} == expected
    assert await store.current_session(everything.CART) == everything.FORK
    assert await store.turns(everything.REVIEWED.id) == (everything.REVIEW, everything.FAILED)
    running, queued = await store.turns(cut.id)
    assert running.error is not None
    assert replace(running, error=None) == everything.CUT_OFF
    assert (queued.prompt, queued.stop_reason) == (everything.QUEUED.prompt, "cancelled")
    assert set(await store.findings(FindingQuery())) == set(everything.FINDINGS)
    for words, found in (
        ("rounding", everything.REVIEWED),
        ("divides by zero", everything.REVIEWED),
        ("naive 第", everything.FORK),
        ("zebra", cut),
    ):
        page = await store.sessions(SessionQuery(text=words))
        assert [session.id for session in page.sessions] == [found.id], words
    usage = await store.usage(workspace=None, since=None)
    assert usage.by_session[everything.REVIEWED.id].cost_usd == 0.75


@pytest.mark.parametrize("version", OLD)
async def test_an_old_store_is_brought_up_to_date_and_kept_as_it_was(
    path: Path, version: int
) -> None:
    everything.restore(version, path)
    before = everything.dumped(path)
    async with open_store(path) as store:
        health = await store.health()
        assert (health.persistent, health.problem) == (True, None)
        await check(store)
    async with open_store(path) as store:
        await check(store)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    kept = list(path.parent.glob("*.bak"))
    if version == len(MIGRATIONS):
        assert kept == []
    else:
        assert [each.name for each in kept] == [f"{path.name}.v{version}.bak"]
        assert everything.dumped(kept[0]) == before


@pytest.mark.parametrize("version", OLD)
def test_no_migration_loses_a_row(path: Path, version: int) -> None:
    everything.restore(version, path)
    with closing(connect(str(path))) as connection:
        tables = everything.tables_of(connection)
        assert {"sessions", "turns", "replies", "tool_calls", "findings"} <= tables.keys()

        def rows() -> dict[str, list[tuple[object, ...]]]:
            return {
                table: [
                    tuple(row)
                    for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
                ]
                for table, columns in tables.items()
            }

        before = rows()
        assert all(before.values())
        migrate(connection)
        assert rows() == before
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_there_is_one_of_each_version_before_this_one() -> None:
    """Before a migration is added, run `python tests/support/everything.py`."""
    missing = [n for n in range(1, LAST) if not written_by(n).exists()]
    assert missing == []
