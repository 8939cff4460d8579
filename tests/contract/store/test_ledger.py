"""The ledger: what was spent stays spent, and is counted once, wherever it belongs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.sessions.budgets.budgets import Budgets, midnight
from claude_sidecar.sessions.costs.spending import Bill, Spending, Spent, Tally
from claude_sidecar.sessions.model import Key, Session, Turn, Usage
from claude_sidecar.sessions.ports import News, Store
from claude_sidecar.settings import Settings
from claude_sidecar.store.sqlite import open_store
from support import everything
from support.records import KEY, a_session, a_turn, play_turn

pytestmark = pytest.mark.anyio

NOON = 1_700_049_600.0  # 2023-11-15 12:00 in Greenwich, on the quarter of an hour


def bill(**dollars: float) -> Bill:
    """So many dollars by model, and as many input tokens as cents."""
    return Bill(
        {
            model.replace("_", "-"): Spent(Usage(round(usd * 100)), usd)
            for model, usd in dollars.items()
        }
    )


async def begun(store: Store, session: Session | None = None, at: float = NOON) -> Turn:
    """A turn that runs."""
    if session is None:
        session = a_session()
        await store.add_session(session)
    turn = a_turn(session)
    await store.begin_turn(turn)
    await store.start_turn(turn.id, session_id=session.id, started_at=at)
    return turn


async def spend(store: Store, turn: Turn, tally: Tally, at: float = NOON) -> None:
    await store.note(turn.id, News(spending=Spending(turn.id, turn.session_id, at, tally)))


async def cost_of(store: Store, turn: Turn) -> tuple[float, float]:
    """What the turn and its session cost, as they say."""
    there, session = await store.turn(turn.id), await store.session(turn.session_id)
    assert there is not None
    assert session is not None
    return there.cost_usd, session.cost_usd


async def test_a_tally_told_again_is_counted_once_and_a_guess_gives_way(store: Store) -> None:
    turn = await begun(store)
    await spend(store, turn, Tally(bill(opus=1), estimate=bill(opus=0.5)))
    assert await cost_of(store, turn) == (1.5, 1.5)
    for _ in range(2):
        await spend(store, turn, Tally(bill(opus=1.25, haiku=0.25)))
    assert await cost_of(store, turn) == (1.5, 1.5)
    report = await store.usage(workspace=None, since=None)
    assert {model: each.cost_usd for model, each in report.by_model.items()} == {
        "opus": 1.25,
        "haiku": 0.25,
    }
    assert report.total.turns == 1
    assert report.total.usage == Usage(150)


async def test_a_deleted_session_was_still_paid_for(store: Store) -> None:
    turn = await begun(store)
    await spend(store, turn, Tally(bill(opus=1)))
    await store.delete_session(turn.session_id)
    await spend(store, turn, Tally(bill(opus=2)))  # it was under way
    report = await store.usage(workspace=None, since=None)
    assert report.total.cost_usd == 2
    assert list(report.by_session) == [turn.session_id]
    assert list(report.by_file) == [KEY]
    assert await store.spent(since=NOON, until=NOON + 900) == 2
    assert await store.spent(since=NOON, until=NOON + 900, except_turn=turn.id) == 0


async def test_a_turn_over_midnight_is_paid_for_on_both_days(
    store: Store, time_zone: Callable[[str], None]
) -> None:
    time_zone("Asia/Kathmandu")  # 5:45 ahead
    night = midnight(NOON) + 86_400
    turn = await begun(store, at=night - 600)
    await spend(store, turn, Tally(bill(opus=1)), at=night - 1)
    await spend(store, turn, Tally(bill(opus=3)), at=night + 1)
    report = await store.usage(workspace=None, since=None)
    assert {day: each.cost_usd for day, each in report.by_day.items()} == {
        "2023-11-15": 1,
        "2023-11-16": 2,
    }
    assert await store.spent(since=night, until=night + 86_400) == 2
    time_zone("UTC")
    report = await store.usage(workspace=None, since=None)
    assert list(report.by_day) == ["2023-11-15"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/Berlin", 1_711_839_600, 23), ("Europe/Berlin", 1_729_987_200, 25)],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_day_begins_at_midnight_also_when_clocks_are_changed(
    time_zone: Callable[[str], None], zone: str, day: int, hours: int
) -> None:
    time_zone(zone)
    evening = midnight(day) + (hours - 1) * 3600
    assert midnight(evening) == midnight(day)
    assert midnight(evening + 3600) == midnight(day) + hours * 3600
    assert midnight(evening + 3600, days_before=1) == midnight(day)


async def test_what_was_spent_before_the_clock_was_put_back_counts_today(store: Store) -> None:
    turn = await begun(store)
    await spend(store, turn, Tally(bill(opus=1)), at=time.time() + 3 * 3600)
    another = await begun(store)
    await spend(store, another, Tally(bill(opus=1)), at=time.time() + 300 * 86_400)
    budgets = Budgets(store, lambda: Settings(budget_day_usd=1))
    refusal = await budgets.refusal(another.session_id, another.id, Tally())
    assert refusal is not None
    assert "$1.0000 were spent" in refusal.message
    assert "claudeSidecar.budget.dayUsd" in refusal.hint


async def test_the_rest_of_a_turn_that_was_cut_off_is_found_at_the_next(path: Path) -> None:
    async with open_store(path) as store:
        session = a_session()
        await store.add_session(session)
        cut = await begun(store, session)
        await spend(store, cut, Tally(bill(opus=1), bill(opus=0.25), 0.0, billed_usd=1.0))
    async with open_store(path) as store:
        assert await cost_of(store, cut) == (1.25, 1.25)
        following = await begun(store, session, at=NOON + 7200)
        tally = Tally(bill(opus=0.5), opening_usd=1.75, billed_usd=2.25)
        for _ in range(2):
            await spend(store, following, tally, at=NOON + 7200)
        turns = await store.turns(session.id)
        assert [turn.cost_usd for turn in turns] == [1.75, 0.5]
        assert (await store.usage(workspace=None, since=None)).total.cost_usd == 2.25


async def test_what_another_program_spent_in_a_session_is_the_sessions(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    first = await begun(store, session)
    await spend(store, first, Tally(bill(opus=1), opening_usd=0.0, billed_usd=1.0))
    await store.end_turn(first)
    second = await begun(store, session)
    await spend(store, second, Tally(bill(opus=0.5), opening_usd=3.0, billed_usd=3.5))
    assert await cost_of(store, second) == (0.5, 3.5)
    # When it was spent is not known, so it is not held against a day's budget.
    assert await store.spent(since=NOON, until=NOON + 900) == 1.5


@pytest.mark.parametrize("opening", [0.0, 0.25, 1.0])
async def test_a_total_that_a_kill_has_put_back_takes_nothing_away(
    store: Store, opening: float
) -> None:
    session = a_session()
    await store.add_session(session)
    first = await begun(store, session)
    await spend(store, first, Tally(bill(opus=1), opening_usd=0.0, billed_usd=1.0))
    second = await begun(store, session)
    tally = Tally(bill(opus=0.5), opening_usd=opening, billed_usd=opening + 0.5)
    await spend(store, second, tally)
    assert await cost_of(store, second) == (0.5, 1.5)


async def test_a_renamed_file_takes_along_what_it_cost(store: Store) -> None:
    for key in (KEY, Key("/projects/shop", "src/a/b.py"), Key("/projects/shop")):
        session = a_session(key=key)
        await store.add_session(session)
        await spend(store, await begun(store, session), Tally(bill(opus=1)))
        await store.delete_session(session.id)
    await store.move_files({Key("/projects/shop", "src"): Key("/projects/shop", "lib")})
    report = await store.usage(workspace=None, since=None)
    assert set(report.by_file) == {
        Key("/projects/shop", "lib/cart.py"),
        Key("/projects/shop", "lib/a/b.py"),
        Key("/projects/shop"),
    }
    await store.move_files({Key("/projects/shop"): Key("/work", "shop")})
    report = await store.usage(workspace=None, since=None)
    assert set(report.by_file) == {
        Key("/work", "shop/lib/cart.py"),
        Key("/work", "shop/lib/a/b.py"),
        Key("/work", "shop"),
    }
    assert {name: each.turns for name, each in report.by_workspace.items()} == {"/work": 3}


async def test_a_turn_that_goes_on_in_another_session_takes_along_what_it_cost(
    store: Store,
) -> None:
    lost, successor = a_session(), a_session(current=False)
    for session in (lost, successor):
        await store.add_session(session)
    turn = await begun(store, lost)
    await spend(store, turn, Tally(bill(opus=1)))
    await store.start_turn(turn.id, session_id=successor.id, started_at=NOON)
    report = await store.usage(workspace=None, since=None)
    assert {key: each.cost_usd for key, each in report.by_session.items()} == {successor.id: 1}
    assert report.total.turns == 1


async def test_the_turns_of_a_store_without_a_ledger_are_entered(path: Path) -> None:
    everything.restore(1, path)
    async with open_store(path) as store:
        before = await store.usage(workspace=None, since=None)
        await store.delete_session(everything.REVIEWED.id)
        after = await store.usage(workspace=None, since=None)
    assert before.total.cost_usd == 0.75
    assert everything.REVIEWED.id not in after.titles
    assert replace(after, titles=before.titles) == before


async def test_a_turn_that_cost_nothing_is_counted(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    await play_turn(store, a_turn(session))
    report = await store.usage(workspace=None, since=None)
    assert (report.total.turns, report.by_model) == (1, {})
