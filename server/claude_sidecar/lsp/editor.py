"""The editor as the domain sees it: its open documents, and the person in front of it."""

from __future__ import annotations

from collections.abc import Sequence

from claude_sidecar.lsp.applying import Applying
from claude_sidecar.lsp.context import EditorContexts
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.permission import PermissionQuestions
from claude_sidecar.lsp.questions import UserDialogs
from claude_sidecar.sessions.ports import (
    Answers,
    ContextKind,
    ContextQuery,
    Document,
    EditorContext,
    PermissionAnswer,
    PermissionQuestion,
    UserQuestions,
    WorkspaceChange,
)


class LspEditor:
    """Implements :class:`~claude_sidecar.sessions.ports.Editor` for one client."""

    def __init__(
        self,
        documents: OpenDocuments,
        applying: Applying,
        contexts: EditorContexts,
        permissions: PermissionQuestions,
        dialogs: UserDialogs,
    ) -> None:
        self._documents = documents
        self._applying = applying
        self._contexts = contexts
        self._permissions = permissions
        self._dialogs = dialogs

    def document(self, path: str) -> Document | None:
        """The open document of a canonical path."""
        return self._documents.document(path)

    def open_documents(self) -> Sequence[Document]:
        """All open documents."""
        documents = map(self._documents.document, self._documents.paths)
        return [each for each in documents if each is not None]

    @property
    def changes_buffers(self) -> bool:
        """Whether the client applies edits."""
        return self._applying.possible

    async def apply(self, change: WorkspaceChange) -> str | None:
        """Have the client change files, and change on the disk what is not open."""
        return await self._applying.apply(change)

    async def save(self, path: str) -> bool:
        """Have the client save a document."""
        return await self._applying.save(path)

    @property
    def context_kinds(self) -> frozenset[ContextKind]:
        """What the client has declared that it can be asked for."""
        return self._contexts.context_kinds

    async def context(self, query: ContextQuery) -> EditorContext:
        """Ask what the editor's language servers and debugger know."""
        return await self._contexts.context(query)

    @property
    def asks_person(self) -> bool:
        """Whether the client can put a question to its user."""
        return self._permissions.possible

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """Put it to the user; None is a refusal."""
        return await self._permissions.ask(question)

    async def ask_user(self, questions: UserQuestions) -> Answers:
        """Put them to the user."""
        return await self._dialogs.ask(questions)
