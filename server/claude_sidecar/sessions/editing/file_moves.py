"""Files made, moved and deleted for Claude, by the editor where it does that.

The editor goes before the disk because documents that are open move along, and because the step
can be undone there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from claude_sidecar.errors import EditRefused
from claude_sidecar.sessions.documents.buffers import state_of
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.edits import Author, Editing
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.ports import (
    Document,
    FileCreation,
    FileDeletion,
    FileOperation,
    FileRename,
    Store,
    WorkspaceChange,
)


@dataclass(frozen=True, slots=True)
class FileMoves:
    """Carries out what is about files as a whole."""

    documents: Documents
    seen: Seen
    editing: Editing
    findings: FindingService
    store: Store

    async def create(self, author: Author, path: str, text: str) -> Document:
        """Make a new file.

        :raises EditRefused: if there is one already, or it cannot be written.
        """
        name = author.name(path)
        if self.documents.editor.document(path) is not None or _exists(path):
            raise EditRefused(f"{name} exists already; edit it instead.")
        await self._carry_out(author, FileCreation(path, text), f"Create {name}", (path,))
        document = self.documents.read(path)
        self.seen.show(author.session_id, document)
        return document

    async def rename(self, author: Author, path: str, new_path: str) -> None:
        """Give a file, or a folder, another path. Its findings and sessions go with it.

        :raises EditRefused: if that is not possible; nothing is overwritten.
        """
        name, new_name = author.name(path), author.name(new_path)
        if not _exists(path):
            raise EditRefused(f"{name} does not exist on the disk.")
        if _exists(new_path) and not Path(path).samefile(new_path):  # noqa: ASYNC240 - one call
            raise EditRefused(f"{new_name} exists already.")
        rename = FileRename(path, new_path)
        await self._carry_out(author, rename, f"Rename {name} to {new_name}", (path, new_path))
        await self.store.move_files({author.key(path): author.key(new_path)})
        await self.findings.moved(path, new_path)

    async def delete(self, author: Author, path: str) -> None:
        """Delete a file.

        :raises EditRefused: if it is none, or has changes that are not saved.
        """
        name = author.name(path)
        if not await anyio.Path(path).is_file():
            raise EditRefused(f"{name} is not a file on the disk, so it was not deleted.")
        document = self.documents.editor.document(path)
        if document is not None and await anyio.to_thread.run_sync(_unsaved, document):
            raise EditRefused(f"{name} has changes that are not saved, so it was not deleted.")
        await self._carry_out(author, FileDeletion(path), f"Delete {name}", (path,))
        self.seen.forget(author.session_id, path)

    async def _carry_out(
        self, author: Author, operation: FileOperation, label: str, paths: Sequence[str]
    ) -> None:
        async with self.editing.alone(author, paths):
            change = WorkspaceChange((operation,), f"Claude: {label}")
            problem = await self.documents.editor.apply(change)
            if problem is not None:
                raise EditRefused(problem)


def _exists(path: str) -> bool:
    return Path(path).exists()


def _unsaved(document: Document) -> bool:
    return state_of(document) == "unsaved"
