"""Edits of files as the client's own: versioned, undoable, refused when the buffer moved on."""

from __future__ import annotations

from lsprotocol import types

from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.sessions.disk import apply_to_disk
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.ports import FileEdit


class FileEdits:
    """Makes edits through one client."""

    def __init__(self, client: Client, documents: OpenDocuments, ranges: Ranges) -> None:
        self._client = client
        self._documents = documents
        self._ranges = ranges

    def workspace_edit(self, edit: FileEdit) -> types.WorkspaceEdit:
        """The edit as the client takes it: with the version where it can be told one."""
        uri = next(iter(self._documents.uris_of(edit.path)), uri_from_path(edit.path))
        edits = [
            types.TextEdit(self._ranges.to_client(edit.path, each.range), each.new_text)
            for each in edit.edits
        ]
        if not self._client.document_changes:
            return types.WorkspaceEdit(changes={uri: edits})
        document = types.OptionalVersionedTextDocumentIdentifier(uri, edit.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)])

    async def apply(self, edit: FileEdit) -> str | None:
        """Have it made: None once it is, else why it was not.

        A file that is not open, with a client that cannot edit, is changed on the disk.
        """
        buffer = self._documents.at(edit.path)
        if (None if buffer is None else buffer.version) != edit.version:
            return "The text has changed meanwhile."
        if not self._client.applies_edits:
            if buffer is None:
                return apply_to_disk(edit)
            return "The editor does not let a language server edit its buffers."
        params = types.ApplyWorkspaceEditParams(self.workspace_edit(edit), edit.label)
        answer = await self._client.ask(types.WORKSPACE_APPLY_EDIT, params, seconds=QUICK_SECONDS)
        if not isinstance(answer, types.ApplyWorkspaceEditResult):
            return "The editor did not answer."
        return None if answer.applied else answer.failure_reason or "The editor refused the edit."
