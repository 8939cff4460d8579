"""Findings follow their files: what the editor says of documents and files, told to the domain.

Edits are told at once, because the next keystroke may come. Everything else takes the store, and is
done in the order in which it came: a file that is renamed and opened has its findings by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from claude_sidecar.findings.tracker import Edit
from claude_sidecar.lsp.background import Background
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.sessions.keys import is_at
from claude_sidecar.sessions.model import FindingQuery, Key


class FindingsFollower:
    """Implements :class:`~claude_sidecar.lsp.documents.DocumentListener`."""

    def __init__(
        self,
        host: SidecarHost,
        documents: OpenDocuments,
        diagnostics: Diagnostics,
        background: Background,
    ) -> None:
        self._host = host
        self._documents = documents
        self._diagnostics = diagnostics
        self._background = background
        self._to_open: set[str] = set()
        self._to_look_at: set[str] = set()

    def begin(self) -> None:
        """The sidecar has just been opened: it has to be told of all documents."""
        for path in self._documents.paths:
            self.opened(path)
        self._background.in_order(self._show_stored)

    def opened(self, path: str) -> None:
        """A document was opened."""
        if path not in self._to_open:
            self._to_open.add(path)
            self._background.in_order(partial(self._open, path))

    def edited(self, path: str, edits: Sequence[Edit]) -> None:
        """A document was changed."""
        sidecar = self._host.current
        if sidecar is not None:
            sidecar.findings.edited(path, edits)
            self._diagnostics.edited(path)

    def saved(self, path: str) -> None:
        """A document was saved."""

        async def save() -> None:
            await (await self._host.get()).findings.saved(path)

        self._background.in_order(save)

    def closed(self, path: str) -> None:
        """A document is not open any more; what was not saved of it is gone."""

        async def close() -> None:
            findings = (await self._host.get()).findings
            await findings.closed(path)
            if self._documents.at(path) is None:
                await findings.changed_on_disk(path)
                self._diagnostics.publish(path)

        self._background.in_order(close)

    def moved(self, moves: Mapping[Key, Key]) -> None:
        """Files were renamed, or folders with all that lies in them."""

        async def move() -> None:
            sidecar = await self._host.get()
            await sidecar.store.move_files(moves)
            for old, new in moves.items():
                await sidecar.findings.moved(old.path, new.path)
                query = FindingQuery(workspace=new.workspace, state="open")
                have_some = {each.file for each in await sidecar.findings.list(query)}
                now = [path for path in have_some if is_at(path, new.path)]
                self._diagnostics.moved(old.path, now)
                for path in self._documents.paths:
                    if is_at(path, new.path):
                        await sidecar.findings.opened(path)

        self._background.in_order(move)

    def changed_on_disk(self, paths: Iterable[str]) -> None:
        """Files were made, changed or deleted, perhaps by somebody else, perhaps very many."""
        if not self._to_look_at:
            self._background.in_order(self._look)
        self._to_look_at.update(paths)

    async def _show_stored(self) -> None:
        """What was found before is shown in files that nobody has opened yet, too."""
        sidecar = await self._host.get()
        for folder in sidecar.workspaces.folders:
            query = FindingQuery(workspace=folder, state="open")
            files = {each.file for each in await sidecar.findings.list(query)}
            for path in sorted(files.difference(self._documents.paths)):
                await sidecar.findings.changed_on_disk(path)
                self._diagnostics.publish(path)

    async def _look(self) -> None:
        changed, self._to_look_at = self._to_look_at, set()
        changed.difference_update(self._documents.paths)
        if not changed:
            return
        findings = (await self._host.get()).findings
        have_some = {each.file for each in await findings.list(FindingQuery())}
        for path in have_some & changed:
            await findings.changed_on_disk(path)
            self._diagnostics.publish(path)

    async def _open(self, path: str) -> None:
        try:
            sidecar = await self._host.get()
        finally:
            self._to_open.discard(path)
        if self._documents.at(path) is not None:
            await sidecar.findings.opened(path)
            key = sidecar.workspaces.key_of_file(path)
            self._background.start(partial(sidecar.sessions.prepare, key))
