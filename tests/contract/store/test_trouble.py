"""Disks that are full or read-only, and files that are no store or not ours to change."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from claude_sidecar.errors import StoreError, StoreTooNew
from claude_sidecar.sessions.model import FindingQuery, SessionQuery
from claude_sidecar.store.sqlite import open_store
from support.environment import clean_environment
from support.records import KEY, a_session, a_turn, play_turn
from support.store_process import NOBODY, observed, start

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="limits and modes are POSIX's"),
]


MANY = 200


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def replace_content(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def set_mode(path: Path, mode: int) -> None:
    path.chmod(mode)


def run(what: str, path: Path, folder: Path) -> list[list[object]]:
    """What a process of its own has seen."""
    process = start(what, path, clean_environment(folder, "http://127.0.0.1:9"))
    try:
        told = observed(process)
    finally:
        process.communicate()
    assert process.returncode == 0
    return told


async def test_a_full_disk_loses_nothing(path: Path, tmp_path: Path) -> None:
    turn_id, before, during, after, *again = run("full_disk", path, tmp_path)
    assert before == [True, None, ["Before"]]
    persistent, problem, titles = during
    assert (persistent, titles) == (False, ["Before", "While 1"])
    assert str(path) in str(problem)
    assert "memory" in str(problem)
    assert after == [True, None, ["Before", "While 1"]]
    assert [persistent for persistent, *_ in again] == [False, True]
    async with open_store(path) as store:
        turn = await store.turn(str(turn_id))
        assert turn is not None
        assert turn.text == (
            "while it was full 1, still, after; while it was full 2, still, after; "
        )
        assert len(await store.findings(FindingQuery(turn_id=str(turn_id)))) == 2
        assert len((await store.sessions(SessionQuery(text="while"))).sessions) == 3


async def test_what_is_in_memory_is_saved_when_the_store_is_closed(
    path: Path, tmp_path: Path
) -> None:
    ((persistent, problem, titles),) = run("full_until_the_end", path, tmp_path)
    assert (persistent, titles) == (False, ["While"])
    assert str(path) in str(problem)
    async with open_store(path) as store:
        assert [s.title for s in (await store.sessions(SessionQuery())).sessions] == ["While"]


async def test_a_read_only_store_is_read_and_written_when_it_can_be(tmp_path: Path) -> None:
    # Not below tmp_path, which is closed to the user that the process becomes.
    with tempfile.TemporaryDirectory() as folder:
        set_mode(Path(folder), 0o755)
        path = Path(folder) / "data" / "sidecar.sqlite3"
        async with open_store(path) as store:
            await store.add_session(a_session(title="Before"))
        if os.getuid() == 0:
            for each in (path.parent, *path.parent.iterdir()):
                os.chown(each, NOBODY, NOBODY)
        before, during, after = run("read_only", path, tmp_path)
        assert before[0] is False
        assert "read-only" in str(before[1])
        assert before[2] == ["Before"]
        assert during[::2] == [False, ["Before", "While"]]
        assert after == [True, None, ["After", "Before", "While"]]
        async with open_store(path) as store:
            assert len((await store.sessions(SessionQuery())).sessions) == 3


async def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    path = tmp_path / "file" / "below" / "sidecar.sqlite3"
    async with open_store(path, retry_seconds=0) as store:
        await store.add_session(a_session())
        await store.add_session(a_session())
        health = await store.health()
        assert (health.location, health.persistent) == (str(path), False)
        assert health.problem is not None
        assert len((await store.sessions(SessionQuery())).sessions) == 2
        (tmp_path / "file").unlink()
        await store.add_session(a_session())
        assert (await store.health()).persistent
    async with open_store(path) as store:
        assert len((await store.sessions(SessionQuery())).sessions) == 3


async def broken(path: Path, damage: str) -> bytes:
    """Leave a file that is no store, or not whole: what it holds."""
    async with open_store(path) as store:
        for number in range(MANY):
            session = a_session(title=f"{number} " + "long " * 50)
            await store.add_session(session)
            await play_turn(store, a_turn(session, text=f"reply {number}"))
    content = content_of(path)
    if damage == "text":
        content = b"Dear diary, " * 100
    elif damage == "cut":
        content = content[: len(content) * 2 // 3]
    else:
        middle = len(content) // 2
        content = content[:middle] + os.urandom(20_000) + content[middle + 20_000 :]
    replace_content(path, content)
    return content


@pytest.mark.parametrize("damage", ["text", "cut", "overwritten"])
async def test_a_file_that_cannot_be_opened_is_set_aside(path: Path, damage: str) -> None:
    content = await broken(path, damage)
    async with open_store(path) as store:
        health = await store.health()
        assert health.persistent
        assert health.problem is not None
        (aside,) = path.parent.glob(f"{path.name}.broken-*")
        assert str(aside) in health.problem
        assert re.fullmatch(r".*\.broken-\d{8}-\d{6}", aside.name)
        assert content_of(aside) == content
        saved = (await store.sessions(SessionQuery(limit=1000))).sessions
        if damage == "text":
            assert saved == ()
            assert "nothing of it could be read" in health.problem
        else:
            assert f"{len(saved)} sessions with" in health.problem
            assert MANY / 2 < len(saved) <= MANY
            titles = {f"{number} " + "long " * 50: f"reply {number}" for number in range(MANY)}
            whole = [session for session in saved if session.title in titles]
            assert len(whole) > MANY / 4, "of others, only what the index says is known"
            assert all(session.key == KEY for session in saved)
            assert sum(session.current for session in saved) == 1
            for session in whole:
                turns = await store.turns(session.id)
                assert [turn.text for turn in turns] in ([titles[session.title]], [""], [])
            found = await store.sessions(SessionQuery(text=whole[0].title.split()[0]))
            assert whole[0].id in [each.id for each in found.sessions]
        await store.add_session(a_session())
    async with open_store(path) as store:
        assert (await store.health()).problem is None
        assert await store.current_session(KEY) is not None


async def test_damage_that_shows_late_has_the_file_set_aside_next_time(path: Path) -> None:
    async with open_store(path) as store:
        await store.add_session(a_session())
        with closing(sqlite3.connect(path)) as saboteur, saboteur:
            saboteur.execute("PRAGMA writable_schema = ON")
            saboteur.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'sessions'")
            saboteur.execute("PRAGMA schema_version = 9999")
        with pytest.raises(StoreError, match="damaged"):
            await store.sessions(SessionQuery())
    async with open_store(path) as store:
        assert "set aside" in str((await store.health()).problem)


async def test_a_store_of_a_newer_version_is_left_untouched(path: Path) -> None:
    async with open_store(path) as store:
        await store.add_session(a_session())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1000")
    content = content_of(path)
    with pytest.raises(StoreTooNew, match=r"sidecar\.sqlite3.*newer version.*1000"):
        async with open_store(path):
            pass
    assert content_of(path) == content
    assert not list(path.parent.glob("*.b*"))


async def test_another_programs_database_is_left_untouched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    content = content_of(path)
    with pytest.raises(StoreError, match="another program"):
        async with open_store(path):
            pass
    assert content_of(path) == content


async def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        async with open_store(tmp_path):
            pass


async def test_a_program_that_does_not_let_go(path: Path) -> None:
    async with open_store(path) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="Another process held"):
                await store.add_session(a_session())
            assert await store.current_session(KEY) is None, "reading goes on"
            holder.execute("ROLLBACK")
        await store.add_session(a_session())
        assert (await store.health()).problem is None


async def test_only_its_owner_can_read_it(path: Path) -> None:
    async with open_store(path) as store:
        await store.add_session(a_session())
        modes = {each.name: mode_of(each) for each in path.parent.iterdir()}
    assert modes == {
        path.name: 0o600,
        f"{path.name}-wal": 0o600,
        f"{path.name}-shm": 0o600,
        f"{path.name}-owners": 0o700,
    }
    assert mode_of(path.parent) == 0o700
    set_mode(path, 0o644)
    async with open_store(path):
        assert mode_of(path) == 0o600
