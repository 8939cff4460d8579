"""Leases on a store, where Claude Code runs nowhere."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from claude_sidecar.sessions.conversations.leases import Claim, SessionLeases
from claude_sidecar.sessions.events import TurnWaiting
from claude_sidecar.sessions.ports import AgentOptions, LeaseRecords, Occupant

SESSION = "33333333-0000-4000-8000-000000000001"


class Nowhere:
    """An agent that knows of no other process."""

    async def occupant(self, session_id: str, options: AgentOptions) -> Occupant | None:
        return None


@asynccontextmanager
async def leases_on(
    store: LeaseRecords, *, lease_seconds: float = 10.0
) -> AsyncGenerator[SessionLeases]:
    nowhere: Any = Nowhere()
    leases = SessionLeases(
        store, nowhere, lambda _: AgentOptions("/", ""), lease_seconds=lease_seconds
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(leases.keep)
        yield leases
        tasks.cancel_scope.cancel()


def claim(told: list[TurnWaiting] | None = None, **fields: Any) -> Claim:
    """A claim to :data:`SESSION` by a turn of its own."""
    on_wait = (list[TurnWaiting]() if told is None else told).append
    return Claim(SESSION, str(uuid.uuid4()), "/", anyio.Event(), on_wait=on_wait, **fields)
