"""Processes that write to one store while some of them are killed at random, round after round.

`python killed_writers.py STORE SEED ROUNDS` prints one line of JSON: what each writer was told is
written, by turn. A writer is forked from this program, which has no threads and has imported all it
needs: so that one begins within milliseconds, and a hundred rounds take seconds.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from claude_sidecar.sessions.model import Key, ToolCall
from claude_sidecar.sessions.ports import News
from claude_sidecar.store.sqlite import SqliteStore, open_store
from support.records import a_finding, a_session, a_turn

WRITERS = 8
LONGEST_SECONDS = 0.02
"""Between a round's beginning and its kills; a turn takes a few milliseconds."""
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 0.01
"""Between two turns of a writer, so that eight of them leave each other room on a small machine."""
COST = 0.25


@dataclass
class Writer:
    """A process, and the pipe on which it tells what it was told."""

    process: int
    pipe: int
    heard: bytes = field(default=b"")

    def kill(self) -> None:
        """End it as a crash of the machine's memory would: without a word."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        while data := os.read(self.pipe, 65536):
            self.heard += data
        os.close(self.pipe)


async def write(path: Path, shared: str, tell: int, number: int) -> None:
    """One turn after the other, in a session of its own and in one that all write in."""
    async with open_store(path) as store:
        own = a_session(key=Key("/projects/shop", f"file{number}.py"), title=f"Writer {number}")
        await store.add_session(own)
        for count in range(1_000_000):
            session_id = (own.id, shared)[count % 2]
            turn = a_turn(own, session_id=session_id, prompt=f"prompt {number} {count}")
            await _play(store, replace(turn, cost_usd=COST))
            os.write(tell, f"{turn.id}\n".encode())
            await anyio.sleep(PAUSE_SECONDS)


async def _play(store: SqliteStore, turn: object) -> None:
    from claude_sidecar.sessions.model import Turn

    assert isinstance(turn, Turn)
    await store.join_line(turn.id, turn.id)
    await store.begin_turn(turn)
    await store.start_turn(turn.id, session_id=turn.session_id, started_at=turn.started_at)
    await store.note(turn.id, News(text="as it "))
    await store.note(turn.id, News(text=f"came: {turn.id}"))
    finding = a_finding(a_session(id=turn.session_id), turn_id=turn.id)
    await store.save_finding(finding)
    call = ToolCall("c", "Read", "read", "completed")
    await store.end_turn(
        replace(
            turn,
            text=f"as it came: {turn.id}",
            ended_at=turn.started_at + 1,
            stop_reason="end_turn",
            tool_calls=(call,),
            findings=(finding.id,),
        )
    )
    await store.leave_line(turn.id)


def begin(path: Path, shared: str, number: int, others: list[Writer]) -> Writer:
    """Fork a writer, which ends when nobody listens to it any more."""
    hear, tell = os.pipe()
    process = os.fork()
    if process:
        os.close(tell)
        return Writer(process, hear)
    try:
        for pipe in (hear, *(other.pipe for other in others)):
            os.close(pipe)
        anyio.run(write, path, shared, tell, number)
    except Exception:  # noqa: BLE001 - told to the test, which wants none
        traceback.print_exc()
    finally:
        os._exit(1)


def listen(writers: list[Writer]) -> None:
    """Wait until each of them has written a turn."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while silent := [writer for writer in writers if not writer.heard]:
        pipes = {writer.pipe: writer for writer in silent}
        ready, _, _ = select.select(list(pipes), [], [], max(0.0, deadline - time.monotonic()))
        assert ready, "a writer hangs"
        for pipe in ready:
            data = os.read(pipe, 65536)
            assert data, "a writer ended by itself"
            pipes[pipe].heard += data


def main(path: Path, seed: int, rounds: int) -> None:
    """Kill half of them, begin as many anew, and so on; then kill all."""
    chance = random.Random(seed)
    shared = a_session(title="All write here")

    importlib.import_module("anyio._backends._asyncio")  # now, and not anew in each writer

    async def make() -> None:
        async with open_store(path) as store:
            await store.add_session(shared)

    # In a process of its own: what runs an event loop here would have threads.
    maker = os.fork()
    if not maker:
        anyio.run(make)
        os._exit(0)
    os.waitpid(maker, 0)
    number = 0
    told: list[str] = []
    writers: list[Writer] = []
    for _ in range(rounds):
        while len(writers) < WRITERS:
            writers.append(begin(path, shared.id, number, writers))
            number += 1
        listen(writers)
        time.sleep(chance.uniform(0, LONGEST_SECONDS))
        for writer in chance.sample(writers, WRITERS // 2):
            writers.remove(writer)
            writer.kill()
            told += writer.heard.decode().split()
    for writer in writers:
        writer.kill()
        told += writer.heard.decode().split()
    sys.stdout.write(json.dumps({"shared": shared.id, "begun": number, "told": told}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
