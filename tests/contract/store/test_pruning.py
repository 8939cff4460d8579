"""What files were is given up by age and by size, and never while a turn of the session runs."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from claude_sidecar.sessions.model import Session, Turn
from claude_sidecar.sessions.ports import Checkpoint, CheckpointBounds, FileState, Store
from claude_sidecar.store.sqlite import open_store
from support.records import a_session, a_turn, play_turn

pytestmark = pytest.mark.anyio

EVERYTHING = 10**9
TOO_OLD, TOO_MUCH = "it is too old", "it was too much"


@pytest.fixture
async def store(path: Path) -> AsyncGenerator[Store]:
    async with open_store(path) as store:
        yield store


def bounds(*, since: float = 0.0, max_bytes: int = EVERYTHING) -> CheckpointBounds:
    return CheckpointBounds(since, max_bytes, TOO_OLD, TOO_MUCH)


def a_file(turn: Turn, name: str, content: bytes | None) -> Checkpoint:
    mode = None if content is None else 0o644
    return Checkpoint(turn.id, f"/projects/shop/{name}", FileState(content, mode, f"of {name}"))


async def changed(store: Store, session: Session, *, at: float, size: int = 10) -> Turn:
    """A turn that ended, in which a file was changed and another one made."""
    turn = a_turn(session, started_at=at)
    await play_turn(store, turn)
    await store.save_checkpoints(
        [a_file(turn, "a.py", os.urandom(size)), a_file(turn, "new.py", None)]
    )
    return turn


async def kept(store: Store, turn: Turn) -> list[tuple[bool, str | None]]:
    """Of each file of a turn: whether its content is kept, and why not."""
    found = await store.checkpoints(turn.id)
    return [
        (each.before.content is not None, each.before.unkept)
        for each in found
        if each.turn_id == turn.id
    ]


NEW = (False, None)
"""A file that was not there has no content to be kept."""


async def test_what_is_older_is_given_up_and_its_checkpoint_says_so(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    old, new = await changed(store, session, at=999.0), await changed(store, session, at=1000.0)
    before = await store.checkpoints(old.id)
    assert await store.prune_checkpoints(bounds(since=1000.0)) == 1
    assert await kept(store, old) == [(False, TOO_OLD), NEW]
    assert await kept(store, new) == [(True, None), NEW]
    after = await store.checkpoints(old.id)
    assert [each.before.fingerprint for each in after] == [
        each.before.fingerprint for each in before
    ]
    assert await store.prune_checkpoints(bounds(since=1000.0)) == 0


async def test_of_what_is_too_much_the_oldest_is_given_up(store: Store) -> None:
    session = a_session()
    await store.add_session(session)
    turns = [await changed(store, session, at=float(number), size=10_000) for number in range(4)]
    assert await store.prune_checkpoints(bounds(max_bytes=25_000)) == 2
    assert [await kept(store, turn) for turn in turns] == [
        [(False, TOO_MUCH), NEW],
        [(False, TOO_MUCH), NEW],
        [(True, None), NEW],
        [(True, None), NEW],
    ]
    assert await store.prune_checkpoints(bounds(max_bytes=25_000)) == 0


@pytest.mark.parametrize("running", [True, False], ids=["running", "queued"])
async def test_a_session_that_runs_in_any_process_keeps_all(
    store: Store, path: Path, *, running: bool
) -> None:
    session, other = a_session(), a_session(current=False)
    for each in (session, other):
        await store.add_session(each)
    mine, theirs = await changed(store, session, at=1.0), await changed(store, other, at=2.0)
    under_way = a_turn(session, started_at=3.0)
    async with open_store(path) as elsewhere:
        await elsewhere.begin_turn(under_way)
        if running:
            await elsewhere.start_turn(under_way.id, session_id=session.id, started_at=3.0)
        assert await store.prune_checkpoints(bounds(since=10.0, max_bytes=0)) == 1
        assert await kept(store, mine) == [(True, None), NEW]
        assert await kept(store, theirs) == [(False, TOO_OLD), NEW]
        await elsewhere.end_turn(under_way)
        assert await store.prune_checkpoints(bounds(since=10.0)) == 1
        assert await kept(store, mine) == [(False, TOO_OLD), NEW]


async def test_what_is_kept_anew_in_the_place_of_another_counts_by_its_own_size(
    store: Store,
) -> None:
    session = a_session()
    await store.add_session(session)
    turn = a_turn(session)
    await play_turn(store, turn)
    await store.save_checkpoints([a_file(turn, "a.py", os.urandom(50_000))])
    await store.save_checkpoints([a_file(turn, "a.py", os.urandom(10))], replace=True)
    assert await store.prune_checkpoints(bounds(max_bytes=1000)) == 0
    assert await kept(store, turn) == [(True, None)]
