"""What is done without anybody waiting for it: side by side, or in the order in which it came.

Its failures are logged, and end nothing else.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import anyio
import anyio.abc

from claude_sidecar.errors import SidecarError

logger = logging.getLogger(__name__)

Work: TypeAlias = Callable[[], Awaitable[None]]


class Background:
    """Does things in the tasks of one connection."""

    def __init__(self, tasks: anyio.abc.TaskGroup) -> None:
        self._tasks = tasks
        self._waiting: deque[Work] = deque()
        self._news = anyio.Event()

    def start(self, work: Work) -> None:
        """Do it now."""
        self._tasks.start_soon(_guarded, work)

    def in_order(self, work: Work) -> None:
        """Do it when all is done that was given to this method before."""
        self._waiting.append(work)
        self._news.set()

    async def run(self) -> None:
        """Do what is to be done in order, until cancelled."""
        while True:
            await self._news.wait()
            self._news = anyio.Event()
            while self._waiting:
                await _guarded(self._waiting.popleft())


async def _guarded(work: Work) -> None:
    try:
        await work()
    except SidecarError as error:
        logger.warning("%s", error)
    except Exception:
        logger.exception("Something in the background failed")
