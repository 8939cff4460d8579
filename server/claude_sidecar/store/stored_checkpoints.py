"""Checkpoints, as the store port has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.ports import Checkpoint, CheckpointBounds, CheckpointRecords
from claude_sidecar.store import checkpoints as records
from claude_sidecar.store.access import StoreAccess


class StoredCheckpoints(StoreAccess, CheckpointRecords):
    """The port's methods about checkpoints."""

    @override
    async def save_checkpoints(
        self, checkpoints: Sequence[Checkpoint], *, replace: bool = False
    ) -> None:
        await self.write(partial(records.save, checkpoints=checkpoints, replace=replace))

    @override
    async def settle_checkpoints(self, turn_id: str, after: Mapping[str, str]) -> None:
        await self.write(partial(records.settle, turn_id=turn_id, after=after))

    @override
    async def checkpoints(self, turn_id: str) -> tuple[Checkpoint, ...]:
        return await self.read(partial(records.since, turn_id=turn_id))

    @override
    async def prune_checkpoints(self, bounds: CheckpointBounds) -> int:
        return await self.write(partial(records.prune, bounds=bounds))
