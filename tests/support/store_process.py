"""A process of its own that uses a store: to be killed, or to meet a disk that is full.

`python store_process.py WHAT PATH`: WHAT is the name of one of the functions below. It prints one
line of JSON when it has come so far.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from claude_sidecar.sessions.model import SessionQuery, ToolCall
from claude_sidecar.sessions.ports import News
from claude_sidecar.store.sqlite import SqliteStore, open_store

NOBODY = 65534


def start(what: str, path: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Run `what` on the store in `path`, in a process whose environment is the one given."""
    return subprocess.Popen(
        [sys.executable, __file__, what, str(path)],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def observed(process: subprocess.Popen[str]) -> Any:
    """What it prints; fails if it ends without."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"The process ended with {process.wait(30)}."
    return json.loads(line)


async def cut_off(path: Path) -> None:
    """One turn runs and one is queued when the process is killed."""
    from support.records import a_session, a_turn

    async with open_store(path) as store:
        session = a_session(title="Cut")
        running, queued = a_turn(session, prompt="running"), a_turn(session, prompt="queued")
        await store.add_session(session)
        for turn in (running, queued):
            await store.begin_turn(turn)
        await store.start_turn(running.id, session_id=session.id, started_at=1100.0)
        await store.note(running.id, News(calls=[ToolCall("1", "Read", "read", "in_progress")]))
        for number in range(100):
            await store.note(running.id, News(text=f"zebra{number} "))
        tell([session.id, running.id, queued.id])
        sys.stdin.read()


async def holder(path: Path) -> None:
    """Has a session, gives signs of life for it, and reads its end from standard input."""
    from support.leases import claim, leases_on

    async with open_store(path) as store, leases_on(store, lease_seconds=1) as leases:
        async with leases.held(claim()) as has_it:
            tell([has_it, os.getpid()])
            await anyio.to_thread.run_sync(sys.stdin.readline)
        tell("left")


async def many(path: Path) -> None:
    """Fifty sessions of one key, each with a turn, as fast as they can be written."""
    from support.records import a_session, a_turn, play_turn

    async with open_store(path) as store:
        made: list[str] = []
        for _ in range(50):
            session = a_session()
            await store.add_session(session)
            await play_turn(store, a_turn(session, text="reply", cost_usd=0.5))
            made.append(session.id)
        tell([asdict(await store.health()), made])


async def full_disk(path: Path) -> None:
    """Twice in one turn no file can grow for a while."""
    from support.records import a_finding, a_session, a_turn

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with open_store(path, retry_seconds=0) as store:
        session = a_session(title="Before")
        turn = a_turn(session)
        await store.add_session(session)
        await store.begin_turn(turn)
        await store.start_turn(turn.id, session_id=session.id, started_at=1100.0)
        told = [turn.id, await seen(store)]
        for number in (1, 2):
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
            await store.note(turn.id, News(text=f"while it was full {number}, "))
            await store.note(turn.id, News(text="still, "))
            await store.save_finding(a_finding(session, turn_id=turn.id))
            await store.add_session(a_session(title=f"While {number}"))
            told.append(await seen(store))
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            await store.note(turn.id, News(text="after; "))
            told.append(await seen(store))
        tell(told)


async def full_disk_and_a_session_in_use(path: Path) -> None:
    """The disk fills up, and a session is wanted that another process has, then one that it has not."""
    from support.leases import SESSION
    from support.records import a_session

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with open_store(path, retry_seconds=0) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
        await store.add_session(a_session(title="While"))
        health = await store.health()
        used = await store.join_line(SESSION, "ours")
        free = await store.join_line("another", "ours too")
        tell([health.persistent, None if used is None else used.process, free])
        sys.stdin.readline()
        tell([await store.join_line(SESSION, "ours")])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


async def full_until_the_end(path: Path) -> None:
    """No file can grow from before the store is opened until just before it is closed."""
    from support.records import a_session

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    async with open_store(path, retry_seconds=3600) as store:
        await store.add_session(a_session(title="While"))
        tell([await seen(store)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


async def read_only(path: Path) -> None:
    """The folder and all in it cannot be written for a while; there is a store already."""
    from support.records import a_session

    def allow(folder: int, file: int) -> None:
        os.seteuid(os.getuid())
        path.parent.chmod(folder)
        for each in path.parent.glob(f"{path.name}*"):
            if each.is_file():
                each.chmod(file)
        if os.getuid() == 0:  # whom no mode stops
            os.seteuid(NOBODY)

    allow(0o555, 0o444)
    async with open_store(path, retry_seconds=0) as store:
        before = await seen(store)
        await store.add_session(a_session(title="While"))
        during = await seen(store)
        allow(0o777, 0o666)
        await store.add_session(a_session(title="After"))
        tell([before, during, await seen(store)])


async def seen(store: SqliteStore) -> list[Any]:
    """Whether it is on the disk, what is wrong, and the titles of all sessions."""
    health = await store.health()
    page = await store.sessions(SessionQuery())
    return [health.persistent, health.problem, sorted(s.title for s in page.sessions)]


def tell(what: Any) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - its way to say it


if __name__ == "__main__":
    anyio.run(globals()[sys.argv[1]], Path(sys.argv[2]))
