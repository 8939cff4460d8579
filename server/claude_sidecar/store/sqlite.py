"""The store port on SQLite: each method is one transaction in the store's own thread.

The port is wide, so that each concern has a class of its own, and the store is all of them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from claude_sidecar.sessions.ports import Store
from claude_sidecar.store.stored_checkpoints import StoredCheckpoints
from claude_sidecar.store.stored_consent import StoredConsent
from claude_sidecar.store.stored_elsewhere import StoredElsewhere
from claude_sidecar.store.stored_findings import StoredFindings
from claude_sidecar.store.stored_leases import StoredLeases
from claude_sidecar.store.stored_moments import StoredMoments
from claude_sidecar.store.stored_sessions import StoredSessions
from claude_sidecar.store.stored_spending import StoredSpending
from claude_sidecar.store.stored_transcripts import StoredTranscripts
from claude_sidecar.store.stored_turns import StoredTurns
from claude_sidecar.store.worker import Worker


class SqliteStore(
    StoredSessions,
    StoredTurns,
    StoredFindings,
    StoredCheckpoints,
    StoredTranscripts,
    StoredLeases,
    StoredSpending,
    StoredConsent,
    StoredElsewhere,
    StoredMoments,
    Store,
):
    """The port, as :func:`open_store` gives it."""


@asynccontextmanager
async def open_store(
    path: Path, *, full_text: bool = True, retry_seconds: float = 5.0
) -> AsyncGenerator[SqliteStore]:
    """The store in the file `path`, which is made where there is none.

    :param path: absolute; see :func:`claude_sidecar.store.location.store_path`.
    :param full_text: search by index, where this SQLite can.
    :param retry_seconds: how long to leave a disk alone that could not be written.
    :raises StoreTooNew: if a newer version wrote it.
    :raises StoreError: if it belongs to another program, or one does not let go of it.
    """
    worker = Worker("claude-sidecar store")
    try:
        store = SqliteStore(worker, path, full_text=full_text, retry_seconds=retry_seconds)
        await store.open()
        try:
            yield store
        finally:
            with anyio.CancelScope(shield=True):
                await store.close()
    finally:
        with anyio.CancelScope(shield=True):
            await worker.stop()
