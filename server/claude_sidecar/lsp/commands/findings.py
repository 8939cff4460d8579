"""Commands about findings: `finding.*`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.commands.showing import ShownTurns, name_of
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.readable import findings_text
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.wire import findings as wire
from claude_sidecar.sessions.model import FindingQuery, JsonObject
from claude_sidecar.sessions.planning.requests import VerifyRequest
from claude_sidecar.sessions.shapes.findings import finding_shape


class FindingCommands:
    """Lists findings, and carries out what is decided about them."""

    def __init__(self, places: Places, ranges: Ranges, replies: Replies, turns: ShownTurns) -> None:
        self._places = places
        self._ranges = ranges
        self._replies = replies
        self._turns = turns

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.FINDING_LIST, wire.FindingListArguments, self.list),
            Command(names.FINDING_APPLY, wire.FindingApplyArguments, self.apply),
            Command(names.FINDING_APPLY_ALL, wire.FindingApplyAllArguments, self.apply_all),
            Command(names.FINDING_DISMISS, wire.FindingDismissArguments, self.dismiss),
            Command(names.FINDING_DISMISS_ALL, wire.FindingDismissAllArguments, self.dismiss_all),
            Command(names.FINDING_REOPEN, wire.FindingReopenArguments, self.reopen),
            Command(names.FINDING_VERIFY, wire.FindingVerifyArguments, self.verify),
        ]  # pyright: ignore[reportReturnType]

    async def list(self, call: Call, arguments: wire.FindingListArguments) -> JsonObject:
        """`finding.list`."""
        key = self._places.filter_key(arguments.uri)
        workspace = self._places.workspace(arguments.workspace)
        file: str | None = None
        if key is not None:
            workspace, file = (key.workspace, None) if key.file is None else (workspace, key.path)
        query = FindingQuery(workspace=workspace, file=file, state=arguments.state)
        found = await call.sidecar.findings.list(query)
        await self._replies.document("Findings", findings_text(found))
        return {"findings": await self._shapes(found)}

    async def apply(self, call: Call, arguments: wire.FindingApplyArguments) -> JsonObject:
        """`finding.apply`."""
        problem = await call.sidecar.findings.apply(arguments.finding_id)
        if problem is None:
            return {"applied": True}
        self._replies.note(problem)
        return {"applied": False, "reason": problem}

    async def apply_all(self, call: Call, arguments: wire.FindingApplyAllArguments) -> JsonObject:
        """`finding.applyAll`."""
        key = self._places.key(arguments.uri)
        try:
            fixed = await call.sidecar.findings.apply_all(key.path)
        except InvalidRequest as refused:
            self._replies.note(str(refused))
            return {"applied": False, "reason": str(refused), "findings": []}
        return {"applied": True, "findings": await self._shapes(fixed)}

    async def dismiss(self, call: Call, arguments: wire.FindingDismissArguments) -> JsonObject:
        """`finding.dismiss`."""
        finding = await call.sidecar.findings.dismiss(arguments.finding_id, arguments.reason)
        return await self._shape(finding)

    async def dismiss_all(
        self, call: Call, arguments: wire.FindingDismissAllArguments
    ) -> JsonObject:
        """`finding.dismissAll`."""
        findings = call.sidecar.findings
        found = await findings.of_file(self._places.key(arguments.uri).path)
        dismissed = [
            await findings.dismiss(each.id, arguments.reason)
            for each in found
            if each.state == "open" and each.severity == arguments.severity
        ]
        return {"findings": await self._shapes(dismissed)}

    async def reopen(self, call: Call, arguments: wire.FindingReopenArguments) -> JsonObject:
        """`finding.reopen`."""
        return await self._shape(await call.sidecar.findings.reopen(arguments.finding_id))

    async def verify(self, call: Call, arguments: wire.FindingVerifyArguments) -> JsonObject:
        """`finding.verify`."""
        finding = await call.sidecar.findings.get(arguments.finding_id)
        key = call.sidecar.workspaces.key_of_file(finding.file)
        request = VerifyRequest(key, finding)
        result = await self._turns.run(call, request, f"Verification in {name_of(key)}")
        return await self._shape(await call.sidecar.findings.verified(finding.id, result))

    async def _shape(self, finding: Finding) -> JsonObject:
        return (await self._shapes([finding]))[0]

    async def _shapes(self, findings: Iterable[Finding]) -> Sequence[JsonObject]:
        found = tuple(findings)
        await self._ranges.prepare(found)
        return [finding_shape(each, self._ranges.shape) for each in found]
