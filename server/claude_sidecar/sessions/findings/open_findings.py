"""Where the findings of open files are, while the files are edited.

For an open file the findings live here and follow each edit; the store is told when their state
changes, and where they are when the file is saved or closed. A file that is not open has its
findings in the store, and they are looked for in its text when it is opened or changes on the disk.
What other windows on the same store do is taken in. Subscribers are told the path of a file whose
findings are others now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeAlias

import anyio

from claude_sidecar.errors import StoreError, UnknownId, UnusableDocument
from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.keys import is_at
from claude_sidecar.sessions.model import FindingQuery
from claude_sidecar.sessions.ports import Store
from claude_sidecar.text import LineIndex

logger = logging.getLogger(__name__)

FilesSubscriber: TypeAlias = Callable[[str], None]

SETTLE_SECONDS = 0.25
"""How long the typing pauses before touched findings are looked for."""
FOREIGN_SECONDS = 1.0
"""How often, while files are open, the store is asked whether another window has changed it."""


class OpenFindings:
    """The findings of open files, by path."""

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
        for path in [each for each in self._open if is_at(each, old)]:
            there = new + path[len(old) :]
            document = self._open.pop(path)
            if there not in self._open:
                moved = [replace(each, file=there) for each in document.findings()]
                index = self._index(there)
                if index is not None:
                    self._open[there] = DocumentFindings(moved, index)
            self._tell(path)
            self._tell(there)

    def known(self, path: str) -> tuple[Finding, ...]:
        """The findings of an open file, where they are now; none for one that is not open."""
        document = self._open.get(path)
        return document.findings() if document else ()

    def as_now(self, finding: Finding) -> Finding:
        """A finding with the range and state it has now; as given if its file is not open."""
        return next((each for each in self.known(finding.file) if each.id == finding.id), finding)

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
                    with _store_may_fail():
                        await self._settle(path)

    async def _watch_other_windows(self) -> None:
        seen: int | None = None
        while True:
            if self._open or seen is None:
                with _store_may_fail():
                    seen = await self._take_in_since(seen)
            await anyio.sleep(FOREIGN_SECONDS)

    async def _take_in_since(self, seen: int | None) -> int:
        now = await self._store.foreign_changes()
        if seen is not None and now != seen:
            for path in tuple(self._open):
                await self._take_in(path)
        return now

    async def _take_in(self, path: str) -> None:
        """Another window has written: adopt what it decided, not where it thinks things are.

        What is found in this window meanwhile is in the store after it was read, and stays.
        """
        before = self.known(path)
        stored = {each.id: each for each in await self._store.findings(FindingQuery(file=path))}
        document, index = self._open.get(path), self._index(path)
        if document is None or index is None:
            return
        mine = {each.id: each for each in document.findings()}
        gone = mine.keys() & {each.id for each in before} - stored.keys()
        for finding_id in gone:
            document.remove(finding_id)
        changed = bool(gone)
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


@contextmanager
def _store_may_fail() -> Generator[None]:
    """What is done beside everything else waits for its next turn then; nothing ends for it."""
    try:
        yield
    except StoreError:
        logger.exception("The findings of open files could not be brought up to date")
