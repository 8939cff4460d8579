"""Several stores on one file, and what is left of one whose process was killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from claude_sidecar.sessions.model import SessionQuery
from claude_sidecar.sessions.ports import News
from claude_sidecar.store.sqlite import open_store
from support.environment import clean_environment
from support.records import KEY, a_session, a_turn
from support.store_process import observed, start

pytestmark = pytest.mark.anyio


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment for processes that talk to no model."""
    return clean_environment(tmp_path, "http://127.0.0.1:9")


@pytest.mark.parametrize("watched", [False, True], ids=["found later", "watched"])
async def test_a_killed_process_leaves_what_had_arrived(
    path: Path, bare: dict[str, str], *, watched: bool
) -> None:
    process = start("cut_off", path, bare)
    try:
        session_id, running_id, queued_id = await anyio.to_thread.run_sync(observed, process)
        if watched:
            async with open_store(path) as watcher:
                session = await watcher.session(session_id)
                assert session is not None
                assert session.state == "running", "its process is alive"
                process.kill()
                await anyio.to_thread.run_sync(process.wait)
                session = await watcher.session(session_id)
                assert session is not None
                assert session.state == "interrupted"
    finally:
        process.kill()
        await anyio.to_thread.run_sync(process.communicate)

    async with open_store(path) as store:
        session = await store.current_session(KEY)
        assert session is not None
        assert (session.id, session.state) == (session_id, "interrupted")
        running, queued = await store.turns(session_id)
        assert (running.id, running.ended_at, running.stop_reason) == (running_id, None, None)
        assert running.text == "".join(f"zebra{number} " for number in range(100))
        assert [call.status for call in running.tool_calls] == ["in_progress"]
        assert running.error is not None
        assert (running.error.kind, running.error.retryable) == ("process", True)
        assert (queued.id, queued.stop_reason) == (queued_id, "cancelled")
        assert queued.error is not None
        assert len((await store.sessions(SessionQuery(text="zebra99"))).sessions) == 1

        turn = a_turn(session)
        await store.begin_turn(turn)
        session = await store.session(session_id)
        assert session is not None
        assert session.state == "interrupted", "until its next turn"
        await store.start_turn(turn.id, session_id=session_id, started_at=1200.0)
        await store.end_turn(replace(turn, ended_at=1300.0))
        session = await store.session(session_id)
        assert session is not None
        assert session.state == "idle"
    assert list(path.parent.glob("*-owners/*")) == []


async def test_processes_share_one_store(path: Path, bare: dict[str, str]) -> None:
    processes = [start("many", path, bare) for _ in range(3)]
    try:
        told = [await anyio.to_thread.run_sync(observed, process) for process in processes]
    finally:
        for process in processes:
            await anyio.to_thread.run_sync(process.communicate)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [health["problem"] for health, _ in told] == [None] * 3
    made = {session_id for _, ids in told for session_id in ids}
    async with open_store(path) as store:
        page = await store.sessions(SessionQuery(limit=1000))
        assert {session.id for session in page.sessions} == made
        assert len(made) == 150
        assert sum(session.current for session in page.sessions) == 1
        assert {(s.turns, s.cost_usd, s.state) for s in page.sessions} == {(1, 0.5, "idle")}
    assert sorted(each.name for each in path.parent.iterdir()) == [
        path.name,
        f"{path.name}-owners",
    ]


async def test_two_open_stores_see_each_other(path: Path) -> None:
    async with open_store(path) as one, open_store(path) as other:
        session = a_session()
        turn = a_turn(session)
        await one.add_session(session)
        assert await other.current_session(KEY) == session
        await other.begin_turn(turn)
        await other.start_turn(turn.id, session_id=session.id, started_at=1100.0)
        await other.note(turn.id, News(text="It is."))
        seen = await one.turn(turn.id)
        assert seen is not None
        assert seen.text == "It is."
        running = await one.session(session.id)
        assert running is not None
        assert running.state == "running"


async def test_calls_take_effect_in_the_order_in_which_they_are_made(path: Path) -> None:
    async with open_store(path) as store:
        session = a_session()
        turn = a_turn(session)
        await store.add_session(session)
        await store.begin_turn(turn)
        pieces = [f"{number} " for number in range(300)]
        async with anyio.create_task_group() as group:
            for piece in pieces:
                group.start_soon(store.note, turn.id, News(text=piece))
        found = await store.turn(turn.id)
        assert found is not None
        assert found.text == "".join(pieces)


async def test_a_change_is_made_though_nobody_waits_for_it(path: Path) -> None:
    async with open_store(path) as store:
        async with anyio.create_task_group() as group:
            group.start_soon(store.add_session, a_session(title="Asked for"))
            await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        assert [s.title for s in (await store.sessions(SessionQuery())).sessions] == ["Asked for"]
