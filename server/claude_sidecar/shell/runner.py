"""A command through the shell, in a process group of its own, which ends with all that is in it."""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import anyio
from anyio.abc import Process

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.own_session import in_own_session
from claude_sidecar.sessions.ports.commands import CommandRun

HEAD_LIMIT: Final = 2 * 1024 * 1024
TAIL_LIMIT: Final = 6 * 1024 * 1024
"""Characters of output that are kept, of its beginning and of its end."""
GRACE_SECONDS: Final = 2.0
"""Between asking the processes to end and ending them; and for output that is still on its way."""


class ShellRunner:
    """Implements :class:`~claude_sidecar.sessions.ports.commands.CommandRunner`."""

    async def run(
        self, command: str, folder: str, *, seconds: float, on_output: Callable[[str], None]
    ) -> CommandRun:
        """See `CommandRunner.run`."""
        started = time.monotonic()
        output = _Output(on_output)
        status: int | None = None
        process = await _start(command, folder)
        try:
            with anyio.move_on_after(seconds):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(output.read, process)
                    status = await process.wait()
                    # What it left running holds the pipe open; it is not waited for.
                    tasks.cancel_scope.deadline = anyio.current_time() + GRACE_SECONDS
        finally:
            with anyio.CancelScope(shield=True):
                await _end_group(process)
                await process.aclose()
        return CommandRun(command, status, output.text(), time.monotonic() - started)


async def _start(command: str, folder: str) -> Process:
    line: str | list[str] = command
    group: dict[str, Any]
    if sys.platform == "win32":
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        line = in_own_session("/bin/sh", "-c", command)
        group = {"start_new_session": True}  # at once: what is sent to its group finds one
    try:
        return await anyio.open_process(
            line,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **group,
        )
    except OSError as error:
        raise InvalidRequest(
            f"{command!r} cannot be run in {folder}: {error.strerror or error}.", field="test"
        ) from error


async def _end_group(process: Process) -> None:
    """End the process and all that it has started; what is gone already is no matter."""
    if sys.platform == "win32":
        if process.returncode is None:
            with suppress(OSError):
                await anyio.run_process(
                    ["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False
                )
            await process.wait()
        return
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        with anyio.move_on_after(GRACE_SECONDS):
            await process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


class _Output:
    """What a command writes: told as it comes, and kept within limits."""

    def __init__(self, on_output: Callable[[str], None]) -> None:
        self._on_output = on_output
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._head: list[str] = []
        self._head_size = 0
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._dropped = 0

    async def read(self, process: Process) -> None:
        """Read to the end of it."""
        if process.stdout is None:
            return
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            async for part in process.stdout:
                self._add(self._decoder.decode(part))
        self._add(self._decoder.decode(b"", final=True))

    def text(self) -> str:
        """All that was kept."""
        gap = f"\n[... {self._dropped:,} characters left out ...]\n" if self._dropped else ""
        return "".join(self._head) + gap + "".join(self._tail)

    def _add(self, text: str) -> None:
        if not text:
            return
        self._on_output(text)
        if self._head_size < HEAD_LIMIT:
            self._head.append(text)
            self._head_size += len(text)
            return
        self._tail.append(text)
        self._tail_size += len(text)
        while self._tail_size > TAIL_LIMIT and len(self._tail) > 1:
            gone = len(self._tail.popleft())
            self._tail_size -= gone
            self._dropped += gone
