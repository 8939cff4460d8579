"""Findings, as the store port has them."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import FindingQuery
from claude_sidecar.sessions.ports import FindingRecords
from claude_sidecar.store import findings
from claude_sidecar.store.access import StoreAccess


class StoredFindings(StoreAccess, FindingRecords):
    """The port's methods about findings."""

    @override
    async def save_finding(self, finding: Finding) -> None:
        await self.write(partial(findings.save, finding=finding))

    @override
    async def findings(self, query: FindingQuery) -> tuple[Finding, ...]:
        return await self.read(partial(findings.select, query=query))

    @override
    async def foreign_changes(self) -> int:
        return await self.read(
            lambda connection: int(connection.execute("PRAGMA data_version").fetchone()[0])
        )
