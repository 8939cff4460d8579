"""The editor as the domain sees it: its open documents, and the person in front of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.lsp.permission import PermissionQuestions
from claude_sidecar.lsp.questions import UserDialogs
from claude_sidecar.sessions.ports import (
    Document,
    FileEdit,
    PermissionOptionKind,
    PermissionQuestion,
    UserQuestions,
)


class LspEditor:
    """Implements :class:`~claude_sidecar.sessions.ports.Editor` for one client."""

    def __init__(
        self,
        documents: OpenDocuments,
        edits: FileEdits,
        permissions: PermissionQuestions,
        dialogs: UserDialogs,
    ) -> None:
        self._documents = documents
        self._edits = edits
        self._permissions = permissions
        self._dialogs = dialogs

    def document(self, path: str) -> Document | None:
        """The open document of a canonical path."""
        return self._documents.document(path)

    def unsaved(self) -> Sequence[Document]:
        """The open documents with unsaved changes."""
        documents = map(self._documents.document, self._documents.paths)
        return [each for each in documents if each is not None and each.dirty]

    async def apply_edits(self, edit: FileEdit) -> str | None:
        """Have the client change a file."""
        return await self._edits.apply(edit)

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Put it to the user; None is a refusal."""
        return await self._permissions.ask(question)

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Put them to the user."""
        return await self._dialogs.ask(questions)
