"""What every caller of the store can rely on: sessions and their turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.errors import StoreError, UnknownId
from claude_sidecar.sessions.model import (
    Key,
    Location,
    Session,
    SessionQuery,
    ToolCall,
    TurnError,
    Usage,
    Verification,
)
from claude_sidecar.sessions.ports import News, Store
from claude_sidecar.store.sqlite import open_store
from support.records import KEY, a_finding, a_session, a_turn

pytestmark = pytest.mark.anyio


async def test_a_session_comes_back_as_it_was_after_a_restart(path: Path) -> None:
    session = a_session(
        billed_usd=0.25,
        model="claude-x",
        begun=True,
        forked_from="origin",
        recovered_from="lost",
    )
    async with open_store(path) as store:
        await store.add_session(session)
    async with open_store(path) as store:
        assert await store.session(session.id) == session
        assert await store.current_session(KEY) == session
        assert (await store.sessions(SessionQuery())).sessions == (session,)
        health = await store.health()
    assert (health.location, health.persistent, health.problem) == (str(path), True, None)


async def test_each_key_continues_its_own_session(store: Store) -> None:
    keys = [KEY, Key(KEY.workspace), Key(KEY.workspace, "src/other.py"), Key("/else", KEY.file)]
    made = [a_session(key=key) for key in keys]
    for session in made:
        await store.add_session(session)
    assert [await store.current_session(key) for key in keys] == made
    assert await store.current_session(Key(KEY.workspace, "src")) is None


async def test_only_one_session_of_a_key_is_current(store: Store) -> None:
    first, second, aside = a_session(), a_session(), a_session(current=False)
    for session in (first, second, aside):
        await store.add_session(session)
    assert await store.current_session(KEY) == second
    await store.make_current(first.id)
    current = {s.id for s in (await store.sessions(SessionQuery())).sessions if s.current}
    assert current == {first.id}


async def test_what_is_not_there(store: Store) -> None:
    session = a_session()
    assert await store.session("no session") is None
    assert await store.turn("no turn") is None
    assert await store.turns("no session") == ()
    assert not await store.delete_session("no session")
    with pytest.raises(UnknownId, match="no session"):
        await store.make_current("no session")
    with pytest.raises(UnknownId, match=session.id):
        await store.begin_turn(a_turn(session))
    with pytest.raises(UnknownId, match=session.id):
        await store.save_finding(a_finding(session))


async def test_nothing_is_overwritten_by_one_of_the_same_id(store: Store) -> None:
    session = a_session()
    turn = a_turn(session)
    await store.add_session(session)
    await store.begin_turn(turn)
    with pytest.raises(StoreError, match=session.id):
        await store.add_session(replace(session, title="Another"))
    with pytest.raises(StoreError, match=turn.id):
        await store.begin_turn(replace(turn, prompt="Another"))
    assert await store.turn(turn.id) == turn
    assert await store.current_session(KEY) == replace(session, turns=1)


async def test_update_changes_what_is_given_only(store: Store) -> None:
    session = a_session(model="claude-x", billed_usd=1.5)
    await store.add_session(session)
    await store.update_session(session.id, title="Reset", begun=True)
    expected = replace(session, title="Reset", begun=True)
    assert await store.session(session.id) == expected
    await store.update_session(session.id, model="claude-y", billed_usd=0.0, updated_at=2000.0)
    expected = replace(expected, model="claude-y", billed_usd=0.0, updated_at=2000.0)
    assert await store.session(session.id) == expected


async def test_a_turn_from_its_queue_to_its_end(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    queued = a_turn(session, document_hash="before")
    await store.begin_turn(queued)
    assert await store.turn(queued.id) == queued
    await store.start_turn(queued.id, session_id=session.id, started_at=1150.0)
    running = await store.session(session.id)
    assert running is not None
    assert (running.state, running.updated_at) == ("running", 1150.0)

    read = ToolCall("1", "Read cart.py", "read", "in_progress", (Location("/projects/a.py", 7),))
    await store.note(queued.id, News(text="It "))
    await store.note(queued.id, News(calls=[read]))
    await store.note(queued.id, News(calls=[ToolCall("2", "Search", "search")]))
    await store.note(queued.id, News(calls=[replace(read, status="completed")]))
    await store.note(queued.id, News(text="is. \ud83d"))
    await store.note(queued.id, News(text=""))
    turn = await store.turn(queued.id)
    assert turn is not None
    assert turn.text == "It is. \ufffd"
    assert [(call.id, call.status) for call in turn.tool_calls] == [
        ("1", "completed"),
        ("2", "pending"),
    ]

    ended = replace(
        queued,
        started_at=1150.0,
        text="It is. 😀\0",
        ended_at=1160.0,
        stop_reason="error",
        tool_calls=(replace(read, status="failed"),),
        findings=("f1", "f0"),
        cost_usd=0.02,
        usage=Usage(1, 2, 3, 4),
        error=TurnError("network", "gone", "try again", retryable=True),
        document_hash="after",
        verification=Verification("still failing", "pytest -x", 2, 1, "1 failed", "E  assert 0"),
        state="ended",
    )
    await store.end_turn(ended)
    assert await store.turns(session.id) == (ended,)
    expected = replace(session, turns=1, cost_usd=0.02, updated_at=1160.0)
    assert await store.session(session.id) == expected


async def test_halves_of_a_surrogate_pair_are_joined(store: Store) -> None:
    session = a_session(title="\ud83d\ude00 \udc00")
    await store.add_session(session)
    found = await store.session(session.id)
    assert found is not None
    assert found.title == "😀 \ufffd"


async def test_turns_keep_the_order_in_which_they_were_asked(store: Store) -> None:
    session, successor = a_session(), a_session(current=False)
    turns = [a_turn(session, started_at=float(9 - number)) for number in range(5)]
    await store.add_session(session)
    await store.add_session(successor)
    for turn in turns:
        await store.begin_turn(turn)
    for turn in reversed(turns):
        await store.end_turn(turn)
    assert [turn.id for turn in await store.turns(session.id)] == [turn.id for turn in turns]
    await store.start_turn(turns[2].id, session_id=successor.id, started_at=20.0)
    assert [turn.id for turn in await store.turns(successor.id)] == [turns[2].id]
    assert len(await store.turns(session.id)) == 4


async def test_a_session_tells_which_document_it_was_last_shown(store: Store) -> None:
    session, other = a_session(), a_session(current=False)
    for each in (session, other):
        await store.add_session(each)
    assert await _shown(store, session) is None
    for shown in ("old", "new", None):
        turn = a_turn(session, document_hash=shown, ended_at=1200.0)
        await store.begin_turn(replace(turn, document_hash=None, ended_at=None))
        await store.end_turn(turn)
    running = a_turn(session, document_hash="not yet")
    await store.begin_turn(running)
    assert await _shown(store, session) == "new"
    assert await _shown(store, other) is None


async def _shown(store: Store, session: Session) -> str | None:
    standing = await store.standing(session.id, 1300.0)
    assert standing is not None
    return standing.shown


async def test_what_is_used_last_is_listed_first_though_the_clock_went_back(store: Store) -> None:
    older, newer = a_session(updated_at=2000.0), a_session(updated_at=3000.0)
    for session in (older, newer):
        await store.add_session(session)
    assert await store.after_last_use(3500.0) == 3500.0
    now = await store.after_last_use(1500.0)
    turn = a_turn(older)
    await store.begin_turn(turn)
    await store.start_turn(turn.id, session_id=older.id, started_at=now)
    assert await store.after_last_use(1500.0) > now
    page = await store.sessions(SessionQuery())
    assert [session.id for session in page.sessions] == [older.id, newer.id]
