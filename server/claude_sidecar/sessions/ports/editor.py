"""What the domain needs of the place where the user works: an LSP client, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.model import JsonObject, ToolKind
from claude_sidecar.sessions.ports.changes import WorkspaceChange
from claude_sidecar.sessions.ports.context import ContextSource

FileStamp: TypeAlias = tuple[int, int]
"""When a file on the disk was changed last (nanoseconds), and its size: they tell that it was."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text as the user sees it.

    :param version: the editor's version of the buffer; None for a file that is not open.
    :param dirty: whether it was changed since it was opened or saved.
    :param stamp: what its file's was when it was opened or saved.
    """

    path: str
    text: str
    version: int | None = None
    language: str | None = None
    dirty: bool = False
    stamp: FileStamp | None = None


PermissionOptionKind: TypeAlias = Literal[
    "allow_once", "allow_always", "reject_once", "reject_always"
]


@dataclass(frozen=True, slots=True)
class PermissionQuestion:
    """Whether Claude may use a tool, put to the user."""

    session_id: str
    turn_id: str
    tool_call_id: str
    title: str
    tool_kind: ToolKind
    raw_input: JsonObject
    description: str | None = None
    diff: FileDiff | None = None
    options: tuple[PermissionOptionKind, ...] = ("allow_once", "allow_always", "reject_once")


@dataclass(frozen=True, slots=True)
class QuestionOption:
    """One of the answers offered to a question."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that Claude puts to the user."""

    question: str
    header: str
    multi_select: bool
    options: tuple[QuestionOption, ...]


@dataclass(frozen=True, slots=True)
class UserQuestions:
    """Questions that Claude asks together."""

    session_id: str
    turn_id: str
    questions: tuple[Question, ...]


class Editor(ContextSource, Protocol):
    """The place where the user works: an LSP client, or a terminal."""

    def document(self, path: str) -> Document | None:
        """The buffer of an open file; None for one that is not open. Never blocks."""
        ...

    def open_documents(self) -> Sequence[Document]:
        """The buffers of all files that are open. Never blocks."""
        ...

    @property
    def changes_buffers(self) -> bool:
        """Whether it lets us change the files that are open in it."""
        ...

    async def apply(self, change: WorkspaceChange) -> str | None:
        """Change files, all of it or nothing: None once it is done, else why it was not.

        Once it is done, `document` gives the new texts.
        """
        ...

    async def save(self, path: str) -> bool:
        """Save the buffer of an open file; False where that is left to the user."""
        ...

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Put it to the user. None when no answer is to be had, which is a refusal."""
        ...

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Answers by question; None when the user gave none."""
        ...
