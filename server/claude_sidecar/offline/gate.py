"""Signals between a reply and whoever watches it, so that nobody has to guess how long things take.

A test waits until the model has reached a gate, does what it wants to do in mid-reply, and opens
it. The two sides may live in different threads.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress

DEADLINE = 60.0
"""Seconds after which a wait is given up: something else has gone wrong."""


class Signal:
    """Something that happens once; it can be given and awaited in any thread."""

    def __init__(self) -> None:
        self._future: Future[None] = Future()

    def set(self) -> None:
        """It happens. Once is enough; later calls change nothing."""
        with suppress(InvalidStateError):
            self._future.set_result(None)

    async def wait(self) -> None:
        """Wait for it.

        :raises TimeoutError: after :data:`DEADLINE`.
        """
        # The shield keeps one waiter that is cancelled from cancelling the signal for all others.
        waiter = asyncio.shield(asyncio.wrap_future(self._future))
        try:
            await asyncio.wait_for(waiter, DEADLINE)
        except asyncio.TimeoutError as error:
            raise TimeoutError(f"it did not happen within {DEADLINE:g} s") from error

    def wait_blocking(self) -> None:
        """As :meth:`wait`, in a thread without an event loop."""
        self._future.result(DEADLINE)


class Gate:
    """A place where a reply waits until it is let through."""

    def __init__(self) -> None:
        self.reached = Signal()
        """A reply is here."""
        self._opened = Signal()

    def open(self) -> None:
        """Let the reply go on, now or when it gets here."""
        self._opened.set()

    async def pass_through(self) -> None:
        """The reply is here: say so, and wait until it may go on.

        :raises TimeoutError: after :data:`DEADLINE`.
        """
        self.reached.set()
        await self._opened.wait()
