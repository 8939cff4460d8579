"""The Claude Code process behind a session: the SDK's own transport, with a handle on the process.

The SDK ends a process politely (up to fifteen seconds) and tells neither its id nor its last
words. A turn that does not stop must be ended at once, and an error is worth little without what
Claude Code wrote to standard error, so both are added here.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import anyio
from anyio.abc import Process
from claude_agent_sdk import ClaudeAgentOptions
from claude_agent_sdk._internal.transport.subprocess_cli import (
    SubprocessCLITransport,
)
from typing_extensions import override

from claude_sidecar.agent.bursts import MarkedStream, joined
from claude_sidecar.agent.watchdog import Watchdog
from claude_sidecar.own_session import in_own_session

logger = logging.getLogger(__name__)

STDERR_LINES_KEPT = 20
POLITE_SECONDS = 1.0
LAST_WORDS_SECONDS = 0.5


async def _no_prompts() -> AsyncIterator[dict[str, Any]]:
    return
    yield {}


class CliProcess(SubprocessCLITransport):
    """One Claude Code process.

    :param options: what its command line and environment are made of. Callbacks, hooks and MCP
        servers' instances are served by the client that uses this transport.
    :param watchdog: ends the process should ours be killed.
    """

    def __init__(self, options: ClaudeAgentOptions, watchdog: Watchdog) -> None:
        self._watchdog = watchdog
        self._last_words: deque[str] = deque(maxlen=STDERR_LINES_KEPT)
        super().__init__(_no_prompts(), replace(options, stderr=self._heard))

    @property
    def pid(self) -> int | None:
        """The process's id; None before it started and after it was reaped."""
        return self._process.pid if self._process else None

    @property
    def last_words(self) -> str:
        """The last lines it wrote to standard error."""
        return "\n".join(self._last_words)

    def kill(self) -> None:
        """End the process at once, and with it whatever it has started, which would live on."""
        if self._process:
            kill_tree(self._process)

    def _heard(self, line: str) -> None:
        self._last_words.append(line)
        logger.debug("Claude Code %s: %s", self.pid, line)

    @override
    def _build_command(self) -> list[str]:
        """What is run: where there is a terminal, out of the reach of its Ctrl-C."""
        command = super()._build_command()
        return in_own_session(*command) if _has_terminal() else command

    @override
    async def connect(self) -> None:
        """Start the process."""
        await super().connect()
        if self._process is not None and self._process.stdout is not None:
            self._stdout_stream = MarkedStream(self._process.stdout)
            await self._watchdog.began(self._process.pid)

    @override
    def read_messages(self) -> AsyncGenerator[dict[str, Any]]:
        """Its messages; pieces of a reply that came together are one."""
        # The SDK has it as an iterator, but it is a generator, which is to be closed.
        return joined(cast("AsyncGenerator[dict[str, Any]]", super().read_messages()))

    @override
    async def close(self) -> None:
        """End the process: by closing its input, then with a signal, then by force."""
        process = self._process
        if process is None:
            return
        with anyio.CancelScope(shield=True):
            if process.returncode is not None and self._stderr_task is not None:
                with anyio.move_on_after(LAST_WORDS_SECONDS):
                    await self._stderr_task.wait()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_hurry, process)
                await super().close()
                tasks.cancel_scope.cancel()
            if process.returncode is not None:
                await self._watchdog.ended(process.pid)


def _has_terminal() -> bool:
    """Whether a terminal controls this process."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except (OSError, AttributeError):  # there is none; Windows knows no such thing
        return False
    return True


async def _hurry(process: Process) -> None:
    """The SDK would wait for five seconds each time."""
    await anyio.sleep(POLITE_SECONDS)
    with suppress(ProcessLookupError):
        process.terminate()
    await anyio.sleep(POLITE_SECONDS)
    kill_tree(process)


def kill_tree(process: Process) -> None:
    """Kill a process and all that descend from it; commands run in sessions of their own, so that
    no signal to a group reaches them.
    """
    import psutil

    found: list[psutil.Process] = []
    with suppress(psutil.Error):
        found = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        process.kill()
    for each in found:
        with suppress(psutil.Error):
            each.kill()
