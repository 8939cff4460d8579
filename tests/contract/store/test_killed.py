"""What a store has told that it is written is there, however many of its writers are killed."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from claude_sidecar.sessions.model import FindingQuery, SessionQuery
from claude_sidecar.store.sqlite import open_store
from support import killed_writers
from support.environment import clean_environment

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked"),
]

ROUNDS = 100
SEED = 20


async def test_every_turn_that_was_acknowledged_is_there(path: Path, tmp_path: Path) -> None:
    done = await anyio.run_process(
        [sys.executable, killed_writers.__file__, str(path), str(SEED), str(ROUNDS)],
        env={
            **clean_environment(tmp_path, "http://127.0.0.1:9"),
            "PYTHONPATH": str(Path(killed_writers.__file__).parents[1]),
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b"", "no writer failed by itself"
    outcome = json.loads(done.stdout)
    told: list[str] = outcome["told"]
    assert outcome["begun"] == killed_writers.WRITERS + killed_writers.WRITERS // 2 * (ROUNDS - 1)
    assert len(set(told)) == len(told) > outcome["begun"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for index in ("titles_index", "said_index"):
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
    async with open_store(path) as store:
        health = await store.health()
        assert (health.persistent, health.problem) == (True, None)
        page = await store.sessions(SessionQuery(limit=10_000))
        turns = {
            turn.id: turn for session in page.sessions for turn in await store.turns(session.id)
        }
        assert set(told) - turns.keys() == set()
        for turn_id in told:
            turn = turns[turn_id]
            assert (turn.text, turn.stop_reason) == (f"as it came: {turn_id}", "end_turn")
            assert (turn.cost_usd, len(turn.tool_calls)) == (killed_writers.COST, 1)
        recorded = {finding.id for finding in await store.findings(FindingQuery())}
        assert {each for turn_id in told for each in turns[turn_id].findings} <= recorded
        # What was cut off says so, keeps what had come, and holds nobody up.
        for turn in turns.values():
            assert turn.stop_reason is not None or turn.error is not None
        assert {session.state for session in page.sessions} <= {"idle", "interrupted"}
        assert await store.join_line(outcome["shared"], "the next one") is None
        found = await store.sessions(SessionQuery(text=told[0], limit=10))
        assert len(found.sessions) == 1
