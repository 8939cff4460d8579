"""Changes of files as the client takes them: versioned, annotated, with files made and moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from lsprotocol import types
from typing_extensions import assert_never

from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.ports import (
    FileCreation,
    FileDeletion,
    FileEdit,
    FileOperation,
    FileRename,
    WorkspaceChange,
)

_ANNOTATION: Final = "claude"
_Operation: TypeAlias = (
    types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
)


class FileEdits:
    """Puts changes into the words of one client."""

    def __init__(self, client: Client, documents: OpenDocuments, ranges: Ranges) -> None:
        self._client = client
        self._documents = documents
        self._ranges = ranges

    def workspace_edit(self, change: WorkspaceChange) -> types.WorkspaceEdit:
        """The edit, with versions and annotations where the client can be told them.

        Changes that make, move or delete files need a client that has declared that it does so.
        """
        if not self._client.document_changes:
            return types.WorkspaceEdit(changes=self._plain(change.changes))
        operations = [self._operation(each) for each in change.changes]
        if not self._client.annotates:
            return types.WorkspaceEdit(document_changes=operations)
        annotation = types.ChangeAnnotation(
            change.label, needs_confirmation=False, description="Claude"
        )
        return types.WorkspaceEdit(
            document_changes=operations, change_annotations={_ANNOTATION: annotation}
        )

    def uri_of(self, path: str) -> str:
        """The URI under which the editor knows a file."""
        return next(iter(self._documents.uris_of(path)), uri_from_path(path))

    def _plain(self, changes: Sequence[FileOperation]) -> dict[str, list[types.TextEdit]]:
        return {
            self.uri_of(each.path): [
                types.TextEdit(self._ranges.to_client(each.path, edit.range), edit.new_text)
                for edit in each.edits
            ]
            for each in changes
            if isinstance(each, FileEdit)
        }

    def _operation(self, change: FileOperation) -> _Operation:
        annotation = _ANNOTATION if self._client.annotates else None
        uri = self.uri_of(change.path)
        match change:
            case FileEdit():
                return self._text_edit(change, uri)
            case FileCreation():
                options = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
                return types.CreateFile(uri, options=options, annotation_id=annotation)
            case FileRename():
                moved = types.RenameFileOptions(overwrite=False, ignore_if_exists=False)
                new_uri = uri_from_path(change.new_path)
                return types.RenameFile(uri, new_uri, options=moved, annotation_id=annotation)
            case FileDeletion():
                gone = types.DeleteFileOptions(recursive=False, ignore_if_not_exists=False)
                return types.DeleteFile(uri, options=gone, annotation_id=annotation)
            case _:
                assert_never(change)

    def _text_edit(self, change: FileEdit, uri: str) -> types.TextDocumentEdit:
        document = types.OptionalVersionedTextDocumentIdentifier(uri, change.version)
        ranges = [self._ranges.to_client(change.path, each.range) for each in change.edits]
        if self._client.annotates:
            annotated = [
                types.AnnotatedTextEdit(_ANNOTATION, range_, each.new_text)
                for range_, each in zip(ranges, change.edits, strict=True)
            ]
            return types.TextDocumentEdit(document, annotated)
        plain = [
            types.TextEdit(range_, each.new_text)
            for range_, each in zip(ranges, change.edits, strict=True)
        ]
        return types.TextDocumentEdit(document, plain)
