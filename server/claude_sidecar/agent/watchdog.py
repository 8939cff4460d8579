"""Sees to it that no Claude Code process outlives this one, even if it is killed without warning.

A process that is killed cannot tidy up, so another does it: see `reaper`. It is told of each
process that begins and ends, and learns of our own end by its input, which the system closes.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import anyio
from anyio.abc import Process

logger = logging.getLogger(__name__)

_PROGRAM = Path(__file__).with_name("reaper.py")


class Watchdog:
    """Watches over processes from when it is first told of one."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._lock = anyio.Lock()

    async def began(self, pid: int) -> None:
        """A process began."""
        await self._tell(f"+{pid}\n")

    async def ended(self, pid: int) -> None:
        """A process ended, and its id may be given to another."""
        if self._process is not None:
            await self._tell(f"-{pid}\n")

    async def aclose(self) -> None:
        """All processes have ended; stop watching."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with anyio.CancelScope(shield=True):
                await process.stdin.aclose()
                await process.wait()
                await process.aclose()

    async def _tell(self, line: str) -> None:
        async with self._lock:
            try:
                if self._process is None:
                    self._process = await anyio.open_process(
                        [sys.executable, "-I", "-S", str(_PROGRAM)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        start_new_session=True,  # what is sent to our group must not reach it
                    )
                if self._process.stdin is not None:
                    await self._process.stdin.send(line.encode())
            except (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
                logger.warning("Claude Code could outlive this process if it is killed: %s", error)
