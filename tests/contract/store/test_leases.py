"""A session has one owner, however the others come to their end: left, killed, hung."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from claude_sidecar.errors import SessionBusy
from claude_sidecar.sessions.conversations.leases import SessionLeases
from claude_sidecar.sessions.events import TurnWaiting
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.owners import Owners
from claude_sidecar.store.sqlite import SqliteStore, open_store
from support.environment import clean_environment
from support.leases import SESSION, claim, leases_on
from support.store_process import observed, start

pytestmark = pytest.mark.anyio


@contextmanager
def held_by_another(path: Path, tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """Another process has :data:`SESSION`."""
    process = start("holder", path, clean_environment(tmp_path, "http://127.0.0.1:9"))
    try:
        assert observed(process)[0] is True
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_session_is_had_by_one_at_a_time(path: Path) -> None:
    had: list[int] = []
    most = 0

    async def use(leases: SessionLeases, number: int) -> None:
        nonlocal most
        async with leases.held(claim()) as has_it:
            assert has_it
            had.append(number)
            most = max(most, len(had))
            await anyio.lowlevel.checkpoint()
            had.remove(number)

    async with (
        open_store(path) as one,
        open_store(path) as other,
        leases_on(one) as here,
        leases_on(other) as there,
        anyio.create_task_group() as tasks,
    ):
        for number in range(8):
            tasks.start_soon(use, (here, there)[number % 2], number)
    assert most == 1


async def test_a_killed_owner_loses_it_at_once(path: Path, tmp_path: Path) -> None:
    told: list[TurnWaiting] = []
    with held_by_another(path, tmp_path) as process:
        async with open_store(path) as store, leases_on(store) as leases:
            stopping = claim(told)
            async with anyio.create_task_group() as tasks:

                async def give_up() -> None:
                    while not told:
                        await anyio.lowlevel.checkpoint()
                    stopping.stopping.set()

                tasks.start_soon(give_up)
                async with leases.held(stopping) as has_it:
                    assert not has_it, "it is alive"
            assert told == [TurnWaiting("claude-sidecar", process.pid)]
            process.kill()
            with anyio.fail_after(60):
                async with leases.held(claim()) as has_it:
                    assert has_it


async def test_an_owner_that_leaves_lets_the_next_one_in(path: Path, tmp_path: Path) -> None:
    with held_by_another(path, tmp_path) as process:
        async with open_store(path) as store, leases_on(store) as leases:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
            with anyio.fail_after(60):
                async with leases.held(claim()) as has_it:
                    assert has_it
        assert observed(process) == "left"


async def test_a_hung_owner_keeps_it_and_is_named(path: Path, tmp_path: Path) -> None:
    """It may still write, so that nobody may write beside it."""
    with held_by_another(path, tmp_path) as process:
        process.send_signal(signal.SIGSTOP)
        async with open_store(path) as store, leases_on(store, lease_seconds=0.5) as leases:
            with anyio.fail_after(60), pytest.raises(SessionBusy) as caught:
                async with leases.held(claim()):
                    pass
            assert SESSION in caught.value.message
            assert f"process {process.pid}" in caught.value.message
            assert caught.value.retryable
            process.send_signal(signal.SIGCONT)
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
            async with leases.held(claim()) as has_it:
                assert has_it


async def test_an_owner_that_gives_signs_of_life_is_waited_for(path: Path, tmp_path: Path) -> None:
    with held_by_another(path, tmp_path):
        async with open_store(path) as store, leases_on(store, lease_seconds=1) as leases:
            with anyio.move_on_after(2.5) as patience:
                async with leases.held(claim()):
                    pass
            assert patience.cancelled_caught, "it was neither given up nor had"


async def test_one_that_hangs_while_it_waits_does_not_hold_up_the_others(
    path: Path, tmp_path: Path
) -> None:
    with held_by_another(path, tmp_path) as first:
        environment = clean_environment(tmp_path, "http://127.0.0.1:9")
        second = start("holder", path, environment)
        try:
            async with open_store(path) as store, leases_on(store, lease_seconds=0.5) as leases:
                await _in_line(store, second.pid)
                second.send_signal(signal.SIGSTOP)
                first.kill()
                with anyio.fail_after(60):
                    async with leases.held(claim()) as has_it:
                        assert has_it
                        second.send_signal(signal.SIGCONT)
                    assert (await anyio.to_thread.run_sync(observed, second))[0] is True
        finally:
            second.kill()
            second.communicate()


async def _in_line(store: SqliteStore, process: int) -> None:
    """Wait until a process has joined a line."""

    def joined(connection: Connection) -> bool:
        query = "SELECT 1 FROM leases WHERE process = ?"
        return connection.execute(query, (process,)).fetchone() is not None

    with anyio.fail_after(60):
        while not await store.read(joined):
            pass


async def test_where_files_cannot_be_locked_silence_is_death(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On such a file system nothing else tells a dead process from a living one."""
    async with open_store(path) as dead, open_store(path) as store:
        for each in (dead, store):
            monkeypatch.setattr(each, "owners", _Unlockable(path))
        assert await dead.join_line(SESSION, "a turn that nobody runs any more") is None
        async with leases_on(store, lease_seconds=0.5) as leases:
            with anyio.fail_after(60):
                async with leases.held(claim()) as has_it:
                    assert has_it
        assert await dead.keep_places() == frozenset(), "should it live, it learns of it"


class _Unlockable(Owners):
    """Owners in a folder whose file system knows no locks."""

    def claim(self) -> None:
        raise OSError

    def is_alive(self, name: str) -> bool:
        return True


async def test_a_process_that_lost_a_session_is_told(path: Path) -> None:
    lost = anyio.Event()
    async with (
        open_store(path) as store,
        leases_on(store, lease_seconds=1) as leases,
        leases.held(claim(on_lost=lost.set)) as has_it,
    ):
        assert has_it
        await store.write(lambda connection: connection.execute("DELETE FROM leases"))
        with anyio.fail_after(60):
            await lost.wait()


async def test_a_full_disk_does_not_make_a_session_free(path: Path, tmp_path: Path) -> None:
    """The store goes on in memory, and what others have is still read from the disk."""
    environment = clean_environment(tmp_path, "http://127.0.0.1:9")
    async with open_store(path) as store, leases_on(store) as leases:
        async with leases.held(claim()):
            process = start("full_disk_and_a_session_in_use", path, environment)
            try:
                told = await anyio.to_thread.run_sync(observed, process)
                assert told == [False, os.getpid(), None]
            except BaseException:
                process.kill()
                raise
        try:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
            assert await anyio.to_thread.run_sync(observed, process) == [None]
        finally:
            await anyio.to_thread.run_sync(process.communicate)
    assert process.returncode == 0
