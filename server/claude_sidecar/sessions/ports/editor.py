"""What the domain needs of the place where the user works: an LSP client, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.model import JsonObject, ToolKind
from claude_sidecar.text import TextEdit


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text as the user sees it.

    :param version: the editor's version of the buffer; None for a file that is not open.
    :param dirty: whether it may differ from what is on the disk.
    """

    path: str
    text: str
    version: int | None = None
    language: str | None = None
    dirty: bool = False


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


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Edits of one file, to be made together as one step that can be undone.

    :param edits: in the text as it was when they were made, not overlapping.
    :param version: the editor's version of that text; None for a file that was not open.
    :param label: what the step is called where the editor names it.
    """

    path: str
    edits: tuple[TextEdit, ...]
    version: int | None
    label: str


class Editor(Protocol):
    """The place where the user works: an LSP client, or a terminal."""

    def document(self, path: str) -> Document | None:
        """The buffer of an open file; None for one that is not open. Never blocks."""
        ...

    def unsaved(self) -> Sequence[Document]:
        """The open documents that have changes which are not saved. Never blocks."""
        ...

    async def apply_edits(self, edit: FileEdit) -> str | None:
        """Change a file: None once it is done, else why it was not."""
        ...

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Put it to the user. None when no answer is to be had, which is a refusal."""
        ...

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Answers by question; None when the user gave none."""
        ...
