"""The findings of the files that are open, and every decision about a finding.

For an open file the findings live here and follow each edit; the store is told when they change,
and where they are when the file is saved or closed. A file that is not open has its findings in the
store, and they are looked for in its text when it is opened or changes on the disk. Subscribers are
told the path of a file whose findings are others now.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

import anyio

from claude_sidecar.errors import InvalidRequest, UnknownId, UnusableDocument
from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.ledger import is_settled, same_claim
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.placing import context_of
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.sessions.documents import Documents
from claude_sidecar.sessions.model import FindingQuery, TurnResult, not_ended_well
from claude_sidecar.sessions.ports import FileEdit, Store
from claude_sidecar.text import LineIndex, minimal_edit, with_line_ends_of

logger = logging.getLogger(__name__)

FilesSubscriber: TypeAlias = Callable[[str], None]

SETTLE_SECONDS = 0.25
"""How long the typing pauses before touched findings are looked for."""
FOREIGN_SECONDS = 1.0
"""How often, while files are open, the store is asked whether another window has changed it."""

_CLOSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a finding that Claude reported.

    :param finding: as it is recorded; one that was known keeps its id.
    :param settled: it was dismissed before, and its code is as it was: it is not shown.
    """

    finding: Finding
    settled: bool


class FindingService:
    """Findings and their files."""

    def __init__(self, store: Store, documents: Documents) -> None:
        self._store = store
        self._documents = documents
        self._open: dict[str, DocumentFindings] = {}
        self._touched: set[str] = set()
        self._typing = anyio.Event()
        self._subscribers: list[FilesSubscriber] = []

    @contextmanager
    def subscribed(self, subscriber: FilesSubscriber) -> Generator[None]:
        """Tell `subscriber` of files inside the `with` block."""
        self._subscribers.append(subscriber)
        try:
            yield
        finally:
            self._subscribers.remove(subscriber)

    # --- files -----------------------------------------------------------------------------------

    async def opened(self, path: str) -> None:
        """A file was opened: look for its findings in the text it has now."""
        stored = await self._store.findings(FindingQuery(file=path))
        index = self._index(path)
        if index is None:
            return
        document = self._open[path] = DocumentFindings(stored, index)
        self._tell(path)
        await self._save_changed(stored, document.findings())

    def edited(self, path: str, edits: Iterable[Edit]) -> None:
        """An open file was edited; takes time only for the findings that the edits touch."""
        document = self._open.get(path)
        if document is None:
            return
        for edit in edits:
            document.edit(edit)
        if document.needs_settling:
            self._touched.add(path)
            self._typing.set()

    async def saved(self, path: str) -> None:
        """A file was saved: remember where its findings are."""
        await self._settle(path)
        await self._save_places(path)

    async def closed(self, path: str) -> None:
        """A file was closed."""
        await self.saved(path)
        self._open.pop(path, None)

    async def changed_on_disk(self, path: str) -> None:
        """A file that is not open has changed on the disk: by a checkout, a formatter, a build."""
        if path in self._open:
            return
        stored = await self._store.findings(FindingQuery(file=path))
        index = self._index(path)
        if stored and index is not None:
            placed = DocumentFindings(stored, index).findings()
            if await self._save_changed(stored, placed):
                self._tell(path)

    async def moved(self, old: str, new: str) -> None:
        """A file was renamed, or a folder with all that lies in it; the store has it already."""
        for path in [each for each in self._open if each == old or each.startswith(f"{old}/")]:
            there = new + path[len(old) :]
            document = self._open.pop(path)
            if there not in self._open:
                moved = [replace(each, file=there) for each in document.findings()]
                index = self._index(there)
                if index is not None:
                    self._open[there] = DocumentFindings(moved, index)
            self._tell(path)
            self._tell(there)

    # --- reading ---------------------------------------------------------------------------------

    def known(self, path: str) -> tuple[Finding, ...]:
        """The findings of an open file, where they are now; none for one that is not open."""
        document = self._open.get(path)
        return document.findings() if document else ()

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
            problem = await self._documents.editor.apply_edits(edit)
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
        if index.slice(finding.range) == finding.quote:
            edit = minimal_edit(index, finding.range, wanted)
            return FileEdit(finding.file, (edit,), document.version, finding.title)
        if document.text.startswith(wanted, index.offset(finding.range.start)):
            return None
        raise InvalidRequest(
            "The code has changed since the suggestion was made. Verify the finding, or ask Claude "
            "to fix it."
        )

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

    async def forget_session(self, session_id: str) -> None:
        """A session was deleted, and its findings with it; the store has it already."""
        for path, document in self._open.items():
            gone = [each.id for each in document.findings() if each.session_id == session_id]
            for finding_id in gone:
                document.remove(finding_id)
            if gone:
                self._tell(path)

    # --- while the sidecar runs ------------------------------------------------------------------

    async def run(self) -> None:
        """Settle what was touched, and take in what other windows do, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._settle_when_typing_pauses)
            tasks.start_soon(self._watch_other_windows)

    async def close(self) -> None:
        """Remember where the findings of open files are."""
        for path in tuple(self._open):
            await self.saved(path)

    async def _settle_when_typing_pauses(self) -> None:
        while True:
            await self._typing.wait()
            self._typing = anyio.Event()
            await anyio.sleep(SETTLE_SECONDS)
            if not self._typing.is_set():
                touched, self._touched = self._touched, set()
                for path in touched:
                    await self._settle(path)

    async def _watch_other_windows(self) -> None:
        seen = await self._store.foreign_changes()
        while True:
            await anyio.sleep(FOREIGN_SECONDS)
            now = await self._store.foreign_changes() if self._open else seen
            if now != seen:
                seen = now
                for path in tuple(self._open):
                    await self._take_in(path)

    async def _take_in(self, path: str) -> None:
        """Another window has written: adopt what it decided, not where it thinks things are."""
        stored = {each.id: each for each in await self._store.findings(FindingQuery(file=path))}
        document, index = self._open.get(path), self._index(path)
        if document is None or index is None:
            return
        mine = {each.id: each for each in document.findings()}
        for gone in mine.keys() - stored.keys():
            document.remove(gone)
        changed = bool(mine.keys() - stored.keys())
        for finding_id, theirs in stored.items():
            known = mine.get(finding_id)
            if known is None:
                (placed,) = DocumentFindings([theirs], index).findings()
            else:
                kept = theirs.state if theirs.state in {"dismissed", "fixed"} else known.state
                if known.state in {"dismissed", "fixed"}:
                    kept = theirs.state
                placed = replace(theirs, range=known.range, anchor=known.anchor, state=kept)
            if placed != known:
                document.put(placed)
                changed = True
        if changed:
            self._tell(path)

    async def _put(self, finding: Finding) -> Finding:
        document = self._open.get(finding.file)
        if document is not None:
            document.put(finding)
        await self._store.save_finding(finding)
        self._tell(finding.file)
        return finding

    async def _settle(self, path: str) -> None:
        document, index = self._open.get(path), self._index(path)
        if document is None or index is None:
            return
        changed = document.settle(index)
        if changed:
            self._tell(path)
            for finding in changed:
                await self._save(finding)

    async def _save_places(self, path: str) -> None:
        document = self._open.get(path)
        if document is not None:
            stored = await self._store.findings(FindingQuery(file=path))
            await self._save_changed(stored, document.findings())

    async def _save_changed(self, before: Iterable[Finding], after: Iterable[Finding]) -> bool:
        known = {each.id: each for each in before}
        changed = [each for each in after if known.get(each.id) != each]
        for finding in changed:
            await self._save(finding)
        return bool(changed)

    async def _save(self, finding: Finding) -> None:
        with suppress(UnknownId):  # its session was deleted meanwhile
            await self._store.save_finding(finding)

    def _index(self, path: str) -> LineIndex | None:
        try:
            return LineIndex(self._documents.read(path).text)
        except UnusableDocument:
            return None

    def _tell(self, path: str) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(path)
            except Exception:
                logger.exception("A subscriber failed on the findings of a file")


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
