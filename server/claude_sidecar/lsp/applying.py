"""Changes of files carried out by the client, all of a step or nothing of it.

What is open in the editor is changed there, so that it can be undone and nothing unsaved is lost;
the text of files that are not open is changed on the disk. The client's word is not taken for it: an edit is done when the new text has come back. Some clients
say that they applied an edit that they left out because of its version (Neovim 0.11), and some
tell of the text only some time after they have answered.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from lsprotocol import types

from claude_sidecar.errors import EditRefused
from claude_sidecar.lsp import names
from claude_sidecar.lsp.answers import SaveAnswer
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.sessions.documents.buffers import differs
from claude_sidecar.sessions.documents.disk import change_on_disk
from claude_sidecar.sessions.documents.minimal_edits import edits_between, lines_between
from claude_sidecar.sessions.keys import is_at
from claude_sidecar.sessions.ports import (
    FileCreation,
    FileDeletion,
    FileEdit,
    FileOperation,
    FileRename,
    WorkspaceChange,
)
from claude_sidecar.text import apply_text_edits

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client is given.

    :param answer: to answer; some editors ask their user first, as Emacs does.
    :param arrival: for the new text to come after it has said that an edit is made.
    :param stray: for what it may have done of a step of several files before it refused it.
    """

    answer: float = 15.0
    arrival: float = 3.0
    stray: float = 0.5


_PATIENCE: Final = Patience()
_MOVED_ON: Final = "The text has changed meanwhile."
_KINDS: Final = {
    FileCreation: types.ResourceOperationKind.Create,
    FileRename: types.ResourceOperationKind.Rename,
    FileDeletion: types.ResourceOperationKind.Delete,
}


@dataclass(frozen=True, slots=True)
class _Expected:
    """A document that is to be changed: its text now, and then."""

    edit: FileEdit
    old: str
    new: str


class Applying:
    """Carries out changes through one client."""

    def __init__(
        self,
        client: Client,
        documents: OpenDocuments,
        edits: FileEdits,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._patience = patience
        self._client = client
        self._documents = documents
        self._edits = edits

    @property
    def possible(self) -> bool:
        """Whether the client lets us change its documents."""
        return self._client.applies_edits

    async def apply(self, change: WorkspaceChange) -> str | None:
        """Have it made: None once it is, else why it was not."""
        try:
            in_editor, on_disk = self._parted(change.changes)
            take_back = await anyio.to_thread.run_sync(change_on_disk, on_disk)
            if in_editor:
                problem = await self._in_editor(WorkspaceChange(in_editor, change.label))
                if problem is not None:
                    await anyio.to_thread.run_sync(take_back)
                    return problem
        except EditRefused as error:
            return str(error)
        return None

    async def save(self, path: str) -> bool:
        """Have a document saved, by a client that has declared that it does so."""
        buffer = self._documents.at(path)
        if not self._client.saves or buffer is None:
            return False
        params = {"uri": self._edits.uri_of(path), "version": buffer.version}
        answer = await self._client.ask(names.SAVE_DOCUMENT, params, seconds=self._patience.answer)
        return isinstance(answer, SaveAnswer) and answer.saved is True

    # --- who does what -------------------------------------------------------------------------

    def _parted(
        self, changes: Sequence[FileOperation]
    ) -> tuple[tuple[FileOperation, ...], tuple[FileOperation, ...]]:
        """What the editor is to do, and what is done on the disk.

        :raises EditRefused: if a document has moved on, or the editor cannot do its part.
        """
        in_editor: list[FileOperation] = []
        on_disk: list[FileOperation] = []
        for change in changes:
            by_editor = (
                self._edits_in_editor(change)
                if isinstance(change, FileEdit)
                else self._moves_in_editor(change)
            )
            (in_editor if by_editor else on_disk).append(change)
        return tuple(in_editor), tuple(on_disk)

    def _edits_in_editor(self, edit: FileEdit) -> bool:
        buffer = self._documents.at(edit.path)
        if (None if buffer is None else buffer.version) != edit.version:
            raise EditRefused(_MOVED_ON)
        if buffer is None:
            return False
        if edit.old_text is not None and buffer.text != edit.old_text:
            raise EditRefused(_MOVED_ON)
        if self._client.applies_edits:
            return True
        if differs(buffer.path, buffer.text):
            raise EditRefused("The editor does not let a language server edit its buffers.")
        return False

    def _moves_in_editor(self, change: FileCreation | FileRename | FileDeletion) -> bool:
        client = self._client
        if client.applies_edits and _KINDS[type(change)] in client.resource_operations:
            return True
        touched = [path for path in self._documents.paths if is_at(path, change.path)]
        if touched:
            raise EditRefused(
                f"{touched[0]} is open, and the editor does not let a language server move or "
                "delete its files."
            )
        return False

    # --- the editor's part ---------------------------------------------------------------------

    async def _in_editor(self, change: WorkspaceChange) -> str | None:
        expected: list[_Expected] = []
        for each in change.changes:
            if isinstance(each, FileEdit):
                buffer = self._documents.at(each.path)
                if buffer is None or buffer.version != each.version:  # the disk took its time
                    return _MOVED_ON
                new = apply_text_edits(buffer.text, each.edits)
                expected.append(_Expected(each, buffer.text, new))
        return await self._sent(change, expected) or await self._written(change.changes)

    async def _sent(self, change: WorkspaceChange, expected: Sequence[_Expected]) -> str | None:
        """Ask the client: None once it is done, else why it is not, and then nothing of it is."""
        params = types.ApplyWorkspaceEditParams(self._edits.workspace_edit(change), change.label)
        answer = await self._client.ask(
            types.WORKSPACE_APPLY_EDIT, params, seconds=self._patience.answer
        )
        result = answer if isinstance(answer, types.ApplyWorkspaceEditResult) else None
        applied = result is not None and result.applied
        # A client that refuses a step of one file has done nothing of it.
        stray = self._patience.stray if len(expected) > 1 else 0.0
        await self._arrived(expected, self._patience.arrival if applied else stray)
        made = all(map(self._is_made, expected)) and all(map(_is_moved, change.changes))
        if made and (applied or (result is None and expected)):
            return None
        await self._reverted(change.label, expected)
        if result is None:
            return "The editor did not say that it made the change; it still may. Read it again."
        if applied:
            return "The editor says that it made the change, but it has not."
        return result.failure_reason or "The editor refused the change."

    async def _arrived(self, expected: Sequence[_Expected], seconds: float) -> None:
        """Wait until the new texts have come, so long."""
        with anyio.move_on_after(seconds):
            for each in expected:
                while not self._is_made(each):
                    buffer = self._documents.at(each.edit.path)
                    if buffer is None:
                        return
                    await self._documents.changed(each.edit.path, buffer.version)

    def _is_made(self, expected: _Expected) -> bool:
        """Whether a document has its new text. The user may have typed meanwhile, before the edit,
        so that it was left out, or after it: then the text is nearer to one than to the other.
        """
        buffer = self._documents.at(expected.edit.path)
        if buffer is None or buffer.text == expected.old:
            return False
        if buffer.text == expected.new:
            return True
        to_new = lines_between(buffer.text, expected.new)
        return to_new < lines_between(buffer.text, expected.old)

    async def _reverted(self, label: str, expected: Sequence[_Expected]) -> None:
        """Take back what a client has done of a step that it has not done whole."""
        stray: list[FileOperation] = []
        for each in expected:
            buffer = self._documents.at(each.edit.path)
            if buffer is not None and buffer.text == each.new != each.old:
                edits = edits_between(each.new, each.old)
                stray.append(FileEdit(each.edit.path, edits, buffer.version, label, each.new))
        if stray:
            logger.warning("The client has made %d edits of a step that it refused", len(stray))
            undo = WorkspaceChange(tuple(stray), f"Undo: {label}")
            edit = self._edits.workspace_edit(undo)
            params = types.ApplyWorkspaceEditParams(edit, undo.label)
            await self._client.ask(
                types.WORKSPACE_APPLY_EDIT, params, seconds=self._patience.answer
            )

    async def _written(self, changes: Sequence[FileOperation]) -> str | None:
        """Give files that the editor has made their text, by the disk, so that they are saved."""
        for each in changes:
            if isinstance(each, FileCreation):
                path = anyio.Path(each.path)
                try:
                    await path.parent.mkdir(parents=True, exist_ok=True)
                    await path.write_bytes(each.text.encode("utf-8"))
                except (OSError, UnicodeError) as error:
                    return f"{each.path}: cannot be written: {error}."
        return None


def _is_moved(change: FileOperation) -> bool:
    """Whether the disk shows what a client was to do with files themselves."""
    match change:
        case FileRename():
            old, new = Path(change.path), Path(change.new_path)
            return new.exists() and (not old.exists() or old.samefile(new))
        case FileDeletion():
            return not Path(change.path).exists()
        case _:
            return True
