"""The ledger, as the store port has it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.costs.estimates import PastTurn
from claude_sidecar.sessions.costs.usage import UsageReport
from claude_sidecar.sessions.model import TurnKind
from claude_sidecar.sessions.ports import SpendingRecords
from claude_sidecar.store import ledger, usage
from claude_sidecar.store.access import StoreAccess


class StoredSpending(StoreAccess, SpendingRecords):
    """The port's methods about money."""

    @override
    async def spent(self, *, since: float, until: float, except_turn: str | None = None) -> float:
        return await self.read(
            partial(ledger.spent, between=(since, until), except_turn=except_turn)
        )

    @override
    async def past_turns(self, kind: TurnKind, *, limit: int) -> Sequence[PastTurn]:
        return await self.read(partial(ledger.past_turns, kind=kind, limit=limit))

    @override
    async def usage(self, *, workspace: str | None, since: float | None) -> UsageReport:
        return await self.read(partial(usage.report, workspace=workspace, since=since))
