"""One thread that does one thing at a time, and an event loop that waits for it.

SQLite's connection belongs to this thread. Calls queue in the order in which they are made, and
each is carried out even when the task that waits for it is cancelled: a change is never half
asked for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

import anyio
import anyio.to_thread

from claude_sidecar.errors import StoreError

T = TypeVar("T")

DEADLINE_SECONDS = 60.0
"""How long a caller waits; far more than the slowest call, which gives up on a lock after 5 s."""


class Worker:
    """The thread; :meth:`stop` ends it."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # A daemon, so that a disk that hangs cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def call(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread after all that was asked for before.

        :raises StoreError: if it takes longer than :data:`DEADLINE_SECONDS`.
        """
        if not self._thread.is_alive():
            raise StoreError("The store is closed.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            outcome: Future[T] = Future()
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001 - the caller's, who is in another thread
                outcome.set_exception(error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_deliver, outcome, future)

        self._queue.put(job)
        try:
            with anyio.fail_after(DEADLINE_SECONDS):
                return await future
        except TimeoutError:
            raise StoreError(
                f"The store did not answer within {DEADLINE_SECONDS:.0f} seconds."
            ) from None

    async def stop(self) -> None:
        """End the thread once all that was asked for is done."""
        await self.call(lambda: self._queue.put(None))
        await anyio.to_thread.run_sync(self._thread.join, DEADLINE_SECONDS)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            job()


def _deliver(outcome: Future[T], waiting: asyncio.Future[T]) -> None:
    if waiting.done():  # whoever waited was cancelled
        return
    error = outcome.exception()
    if error is None:
        waiting.set_result(outcome.result())
    else:
        waiting.set_exception(error)
