"""Waiting for whichever of several things happens first."""

from __future__ import annotations

import anyio


async def first_of(*events: anyio.Event) -> None:
    """Return as soon as one of the events is set."""
    if any(event.is_set() for event in events):
        return

    async def watch(event: anyio.Event) -> None:
        await event.wait()
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for event in events:
            tasks.start_soon(watch, event)
