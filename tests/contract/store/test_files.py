"""Findings, renamed and deleted files, and what was spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from claude_sidecar.sessions.model import (
    FindingQuery,
    Key,
    SessionQuery,
    ToolCall,
    Usage,
)
from claude_sidecar.sessions.ports import News, Store
from claude_sidecar.text import Position, Range
from support.records import KEY, a_finding, a_session, a_turn, play_turn

pytestmark = pytest.mark.anyio


async def test_findings_by_place_state_and_turn(store: Store) -> None:
    session, other = a_session(), a_session(key=Key("/projects/shopping", "a.py"))
    turn = a_turn(session)
    await store.add_session(session)
    await store.add_session(other)
    await store.begin_turn(turn)
    low = a_finding(session, turn_id=turn.id, range=Range(Position(10, 0), Position(10, 1)))
    high = a_finding(
        session,
        turn_id=turn.id,
        failure_scenario="two orders",
        suggestion="",
        verdict="plausible",
        reviewers=("tests", "api"),
    )
    elsewhere = a_finding(other, state="dismissed", anchor="lost")
    for finding in (low, elsewhere, high):
        await store.save_finding(finding)

    assert await store.findings(FindingQuery()) == (high, low, elsewhere)
    assert await store.findings(FindingQuery(workspace=KEY.workspace)) == (high, low)
    assert await store.findings(FindingQuery(workspace="/")) == (high, low, elsewhere)
    assert await store.findings(FindingQuery(file=other.key.path)) == (elsewhere,)
    assert await store.findings(FindingQuery(session_id=other.id)) == (elsewhere,)
    assert await store.findings(FindingQuery(state="open", turn_id=turn.id)) == (high, low)
    running = await store.turn(turn.id)
    assert running is not None
    assert running.findings == (low.id, high.id)

    await store.save_finding(replace(low, state="fixed"))
    assert await store.findings(FindingQuery(state="fixed")) == (replace(low, state="fixed"),)
    found = await store.session(session.id)
    assert found is not None
    assert found.open_findings == 1


async def test_deleted_means_gone(store: Store) -> None:
    older, current = a_session(), a_session(title="Doomed")
    turn = a_turn(current, text="reply", tool_calls=(ToolCall("1", "Read", "read"),))
    await store.add_session(older)
    await store.add_session(current)
    await play_turn(store, turn)
    await store.save_finding(a_finding(current, turn_id=turn.id))

    assert await store.delete_session(current.id)
    assert await store.session(current.id) is None
    assert await store.turn(turn.id) is None
    assert await store.findings(FindingQuery()) == ()
    assert (await store.sessions(SessionQuery(text="Doomed"))).sessions == ()
    assert await store.current_session(KEY) is None, "a new conversation begins"
    assert (await store.usage(workspace=None, since=None)).total.turns == 1, "it was paid for"
    # What a turn still tells of it is not an error: another process may have deleted it.
    await store.note(turn.id, News(text="more"))
    await store.note(turn.id, News(calls=[turn.tool_calls[0]]))
    await store.end_turn(turn)
    await store.update_session(current.id, title="Back?")
    assert [s.id for s in (await store.sessions(SessionQuery())).sessions] == [older.id]


async def test_renamed_files_take_sessions_and_findings_along(store: Store) -> None:
    session, resumed = a_session(current=False, updated_at=3000.0), a_session()
    for each in (session, resumed):
        await store.add_session(each)
    await store.save_finding(a_finding(session))
    target = Key("/projects/shop", "src/basket.py")
    await store.move_files({KEY: target})
    assert await store.current_session(KEY) is None
    assert await store.current_session(target) == replace(resumed, key=target)
    assert len((await store.sessions(SessionQuery(key=target))).sessions) == 2
    assert len(await store.findings(FindingQuery(file=target.path))) == 1


async def test_renamed_folders_take_what_lies_in_them_along(store: Store) -> None:
    inside, beside = a_session(), a_session(key=Key("/projects/shop", "src2/a.py"))
    for session in (inside, beside):
        await store.add_session(session)
        await store.save_finding(a_finding(session))
    await store.move_files({Key("/projects/shop", "src"): Key("/projects/shop", "lib/shop")})
    moved = Key("/projects/shop", "lib/shop/cart.py")
    assert await store.current_session(moved) == replace(inside, key=moved, open_findings=1)
    assert await store.current_session(beside.key) == replace(beside, open_findings=1)
    assert [finding.file for finding in await store.findings(FindingQuery())] == [
        moved.path,
        beside.key.path,
    ]


async def test_two_files_change_places(store: Store) -> None:
    left, right = Key("/w", "left.py"), Key("/w", "right.py")
    sessions = {key: a_session(key=key) for key in (left, right)}
    for session in sessions.values():
        await store.add_session(session)
        await store.save_finding(a_finding(session, title=str(session.key.file)))
    await store.move_files({left: right, right: left})
    for key, other in ((left, right), (right, left)):
        current = await store.current_session(key)
        assert current is not None
        assert current.id == sessions[other].id
        (finding,) = await store.findings(FindingQuery(file=key.path))
        assert finding.title == other.file


@pytest.mark.parametrize("newer", ["moved", "there"])
async def test_where_sessions_meet_the_last_used_is_current(store: Store, newer: str) -> None:
    target = Key("/projects/shop", "src/basket.py")
    used_last = {newer: 5000.0}
    moved = a_session(updated_at=used_last.get("moved", 1.0))
    there = a_session(key=target, updated_at=used_last.get("there", 1.0))
    await store.add_session(moved)
    await store.add_session(there)
    await store.move_files({KEY: target})
    current = await store.current_session(target)
    assert current is not None
    assert current.id == {"moved": moved, "there": there}[newer].id
    assert len((await store.sessions(SessionQuery(key=target))).sessions) == 2


async def test_usage_is_summed_up_by_local_day_and_session(
    store: Store, time_zone: Callable[[str], None]
) -> None:
    time_zone("UTC-10")  # ten hours east of Greenwich
    here, there = a_session(), a_session(key=Key("/else"))
    await store.add_session(here)
    await store.add_session(there)
    noon = 1_700_049_600.0  # 2023-11-15 12:00 in Greenwich
    for session, hours in ((here, 0), (here, 1), (there, 3)):
        turn = a_turn(session, started_at=noon + 3600 * hours)
        await play_turn(store, replace(turn, usage=Usage(1, 2, 3, 4), cost_usd=0.5))
    await store.end_turn(a_turn(here))
    await store.begin_turn(a_turn(here))  # queued: not begun

    report = await store.usage(workspace=None, since=None)
    assert (report.total.turns, report.total.cost_usd) == (3, 1.5)
    assert report.total.usage == Usage(3, 6, 9, 12)
    assert {day: total.turns for day, total in report.by_day.items()} == {
        "2023-11-15": 2,
        "2023-11-16": 1,
    }
    assert {key: total.turns for key, total in report.by_session.items()} == {
        here.id: 2,
        there.id: 1,
    }
    assert (await store.usage(workspace="/else", since=None)).total.turns == 1
    assert (await store.usage(workspace=None, since=noon + 900)).total.turns == 2
    assert (await store.usage(workspace="/nowhere", since=None)).by_day == {}
