"""Processes that are not this one's children: who they are, and whether they still run."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

DEADLINE = 110.0


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started, and so on."""
    parents = {int(child): int(parent) for child, parent in _listed("pid=", "ppid=")}
    found = [pid]
    for parent in found:
        found.extend(child for child, its in parents.items() if its == parent)
    return found[1:]


def children(pid: int) -> set[int]:
    """The processes that a process started."""
    return {int(child) for child, parent in _listed("pid=", "ppid=") if int(parent) == pid}


def claude_of(pid: int, session_id: str) -> int:
    """The Claude Code process of a session, among the descendants of a process."""
    listed = {int(each) for each, command in _listed("pid=", "args=") if session_id in command}
    (found,) = listed.intersection(descendants(pid))
    return found


def running(pid: int, command: str) -> int:
    """Wait until there is a process that runs a command, among the descendants of a process."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        listed = {int(each) for each, its in _listed("pid=", "args=") if its == command}
        for found in listed.intersection(descendants(pid)):
            return found
    raise TimeoutError(command)


def runs(pid: int) -> bool:
    """Whether a process exists that is not a zombie."""
    return any(int(each) == pid and state[0] != "Z" for each, state in _listed("pid=", "stat="))


def wait_for_end(pid: int) -> None:
    """Wait until a process that is not our child has ended. Linux only."""
    with suppress(ProcessLookupError):
        watch = os.pidfd_open(pid)
        try:
            assert select.select([watch], [], [], DEADLINE)[0], f"{pid} still runs"
        finally:
            os.close(watch)


@contextmanager
def hanging(pid: int, store: Path) -> Generator[None]:
    """A process that lives and does nothing.

    It is stopped while we have its store to ourselves: stopped in the middle of a change, it would
    hold up everybody else's.
    """
    with closing(sqlite3.connect(store, timeout=DEADLINE, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        os.kill(pid, signal.SIGSTOP)
        while not _is_stopped(pid):
            pass
        connection.execute("ROLLBACK")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _is_stopped(pid: int) -> bool:
    return any(int(each) == pid and state[0] == "T" for each, state in _listed("pid=", "stat="))


def _listed(first: str, second: str) -> list[tuple[str, str]]:
    """Two columns of `ps`, of all processes."""
    command = ["ps", "-e", "-ww", "-o", first, "-o", second]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 1) for line in listed.splitlines()]
    return [(row[0], row[1]) for row in rows if len(row) == 2]
