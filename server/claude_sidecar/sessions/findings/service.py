"""Findings, wherever their files are, and every decision about one.

Claude reports them, a person dismisses or applies them, a later review confirms them or finds them
gone. How they follow the edits of open files is in `open_findings`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio

from claude_sidecar.errors import InvalidRequest, SidecarError, UnknownId
from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.ledger import is_settled, same_claim
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.placing import context_of
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.findings.open_findings import OpenFindings
from claude_sidecar.sessions.model import FindingQuery, TurnResult, not_ended_well
from claude_sidecar.sessions.ports import FileEdit, Store, alone
from claude_sidecar.text import LineIndex, minimal_edit, with_line_ends_of

_CLOSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a finding that Claude reported.

    :param finding: as it is recorded; one that was known keeps its id.
    :param settled: it was dismissed before, and its code is as it was: it is not shown.
    """

    finding: Finding
    settled: bool


class FindingService(OpenFindings):
    """Findings, and what is decided about them."""

    # --- reading ---------------------------------------------------------------------------------

    async def of_file(self, path: str) -> tuple[Finding, ...]:
        """The findings of a file, open or not."""
        if path in self._open:
            return self.known(path)
        return await self._store.findings(FindingQuery(file=path))

    async def list(self, query: FindingQuery) -> tuple[Finding, ...]:
        """Findings by place, state, session or turn, with the ranges and states they have now."""
        stored = await self._store.findings(replace(query, state=None))
        live = {each.id: each for document in self._open.values() for each in document.findings()}
        found = (live.get(each.id, each) for each in stored)
        return tuple(each for each in found if query.state in {None, each.state})

    async def get(self, finding_id: str) -> Finding:
        """One finding, where it is now.

        :raises UnknownId: if there is none of that id.
        """
        found = await self.list(FindingQuery(finding_id=finding_id))
        if not found:
            raise UnknownId("finding", finding_id, field="findingId")
        return found[0]

    # --- deciding --------------------------------------------------------------------------------

    async def report(self, new: Finding, index: LineIndex) -> Reported:
        """Take in what Claude reports: as news, as another word on a known one, or not at all.

        :param index: of the text in which its range was just found; nothing may have been awaited
            since, or an edit could have come between.
        """
        new = replace(new, context=context_of(index, new.range))
        if new.file in self._open:
            known = self.known(new.file)
        else:
            stored = await self._store.findings(FindingQuery(file=new.file))
            known = DocumentFindings(stored, index).findings()
        old = same_claim(known, new)
        if old is not None:
            if is_settled(old, index.slice(old.range)):
                return Reported(old, settled=True)
            reviewers = tuple(dict.fromkeys((*old.reviewers, *new.reviewers)))
            new = replace(new, id=old.id, created_at=old.created_at, reviewers=reviewers)
        await self._put(new)
        return Reported(new, settled=False)

    async def dismiss(self, finding_id: str, reason: str | None = None) -> Finding:
        """Decide that it is not to be shown again.

        :raises UnknownId: if there is none of that id.
        """
        finding = await self.get(finding_id)
        return await self._put(replace(finding, state="dismissed", reason=reason))

    async def reopen(self, finding_id: str) -> Finding:
        """Take a decision back.

        :raises UnknownId: if there is none of that id.
        """
        finding = await self.get(finding_id)
        state = "stale" if finding.anchor == "lost" else "open"
        return await self._put(replace(finding, state=state, reason=None))

    async def fixed(self, finding_id: str) -> Finding:
        """Decide that it is no longer so.

        :raises UnknownId: if there is none of that id.
        """
        return await self._put(replace(await self.get(finding_id), state="fixed"))

    async def verified(self, finding_id: str, result: TurnResult) -> Finding:
        """Take in what a turn that was to verify a finding came to.

        :raises UnknownId: if there is none of that id.
        :raises TurnFailure: if the turn did not end well.
        """
        if result.stop_reason != "end_turn":
            raise not_ended_well(result)
        if any(each.id == finding_id for each in result.findings):
            finding = await self.get(finding_id)
            return await self._put(replace(finding, verdict="confirmed"))
        return await self.fixed(finding_id)

    async def apply(self, finding_id: str) -> str | None:
        """Put its suggestion in place of its quote: None once that is done, else why it is not.

        It is then fixed; also where the editor has made the edit by itself.

        :raises UnknownId: if there is none of that id.
        """
        finding = await self.get(finding_id)
        try:
            edit = self.suggested(finding)
        except InvalidRequest as error:
            return str(error)
        if edit is not None:
            problem = await self._documents.editor.apply(alone(edit))
            if problem is not None:
                return problem
        await self.fixed(finding_id)
        return None

    def suggested(self, finding: Finding) -> FileEdit | None:
        """The smallest edit that carries out a suggestion; None where the text is so already.

        :raises InvalidRequest: if there is no suggestion, or the text is no longer what it fits.
        """
        if finding.suggestion is None:
            raise InvalidRequest("The finding has no suggestion. Ask Claude to fix it.")
        document = self._documents.read(finding.file)
        index = LineIndex(document.text)
        wanted = with_line_ends_of(document.text, finding.suggestion)
        if _is_made(index, finding, wanted):
            return None
        if index.slice(finding.range) == finding.quote:
            edit = minimal_edit(index, finding.range, wanted)
            return FileEdit(finding.file, (edit,), document.version, finding.title, document.text)
        raise InvalidRequest(
            "The code has changed since the suggestion was made. Verify the finding, or ask Claude "
            "to fix it."
        )

    async def apply_all(self, path: str) -> tuple[Finding, ...]:
        """Put all suggestions for a file in their places that `all_suggested` takes, in one edit.

        :returns: those that are fixed by it.
        :raises InvalidRequest: if the editor refuses the edit, saying why.
        """
        edit, taken = self.all_suggested(await self.of_file(path))
        if edit is not None:
            problem = await self._documents.editor.apply(alone(edit))
            if problem is not None:
                raise InvalidRequest(problem)
        return tuple([await self.fixed(each.id) for each in taken])

    def all_suggested(
        self, findings: Iterable[Finding]
    ) -> tuple[FileEdit | None, tuple[Finding, ...]]:
        """The one edit that carries out the suggestions of open findings of a file, and which.

        Left out are those that do not fit the text any more, and those that overlap one before
        them. The edit is None where the text is so already.
        """
        made: list[FileEdit] = []
        taken: list[Finding] = []
        for finding in sorted(findings, key=lambda each: each.range):
            if finding.state != "open" or finding.suggestion is None:
                continue
            if taken and finding.range.start < taken[-1].range.end:
                continue
            try:
                edit = self.suggested(finding)
            except SidecarError:
                continue
            made.extend([] if edit is None else [edit])
            taken.append(finding)
        if not made:
            return None, tuple(taken)
        edits = tuple(edit for each in made for edit in each.edits)
        return replace(made[0], edits=edits, label="Claude's suggestions"), tuple(taken)

    async def reviewed(self, path: str, turn_id: str) -> None:
        """A whole file was reviewed: what was not found again, and whose text is another, is fixed."""
        index = self._index(path)
        if index is None:
            return
        await self._settle(path)
        for finding in await self.of_file(path):
            if finding.turn_id != turn_id and finding.state in {"open", "stale"}:
                text = index.slice(finding.range)
                if finding.state == "stale" or text.split() != finding.quote.split():
                    await self._put(replace(finding, state="fixed"))

    async def for_review(self, workspace: str, path: str | None) -> tuple[Finding, ...]:
        """What a review of a file, or of a workspace, is to be told: those that are open, and the
        dismissals that still hold.
        """
        index = None if path is None else self._index(path)
        if path is None or index is None:
            stored = await self.list(FindingQuery(workspace=workspace))
            return tuple(each for each in stored if each.state in {"open", "dismissed"})
        stored = await self.of_file(path)
        placed = stored if path in self._open else DocumentFindings(stored, index).findings()
        return tuple(
            each
            for each in placed
            if each.state == "open" or is_settled(each, index.slice(each.range))
        )


def _is_made(index: LineIndex, finding: Finding, wanted: str) -> bool:
    """Whether a suggestion was carried out already; what it adds at an edge of the quote is then
    outside the finding's range, and the quote still in it.
    """
    start, end = index.offset(finding.range.start), index.offset(finding.range.end)
    if index.text[start:end] != finding.quote:
        return index.text.startswith(wanted, start)
    added = len(wanted) > len(finding.quote)
    return added and (index.text.startswith(wanted, start) or index.text.endswith(wanted, 0, end))


@asynccontextmanager
async def open_findings(store: Store, documents: Documents) -> AsyncGenerator[FindingService]:
    """A service that follows edits until the block is left."""
    service = FindingService(store, documents)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(service.run)
        yield service
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True), anyio.move_on_after(_CLOSE_SECONDS):
            await service.close()
