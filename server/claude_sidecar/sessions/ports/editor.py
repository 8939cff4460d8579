"""What the domain needs of the place where the user works: an LSP client, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
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
class PermissionOption:
    """One of the answers offered; `name` says to the user what it comes to."""

    id: str
    name: str
    kind: PermissionOptionKind


@dataclass(frozen=True, slots=True)
class PermissionQuestion:
    """Whether Claude may use a tool, put to the user.

    :param title: what is to be done, on one line.
    :param number: counts the questions of a turn, from 1.
    :param pending: how many questions of the session are open now, this one included.
    :param reason: why it is asked about, where that is not plain.
    :param again: whether it was asked before, by a server or an editor that has ended since.
    """

    session_id: str
    turn_id: str
    tool_call_id: str
    title: str
    tool_kind: ToolKind
    raw_input: JsonObject
    options: tuple[PermissionOption, ...]
    description: str | None = None
    reason: str | None = None
    diff: FileDiff | None = None
    number: int = 1
    pending: int = 1
    again: bool = False


@dataclass(frozen=True, slots=True)
class PermissionAnswer:
    """The option chosen, and what the user wants Claude to know of it."""

    option_id: str
    message: str | None = None


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
    """Questions that Claude asks together; `number`, `pending`, `again` as in a permission."""

    session_id: str
    turn_id: str
    questions: tuple[Question, ...]
    number: int = 1
    pending: int = 1
    again: bool = False


class Unanswered(Enum):
    """Why there are no answers to questions."""

    NOT_GIVEN = auto()
    """They were put to the user, who gave none."""
    NOT_ASKED = auto()
    """There is nobody to be asked, or nothing to show a question with."""


Answers: TypeAlias = Mapping[str, str] | Unanswered
"""What the user chose, by question."""


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

    @property
    def asks_person(self) -> bool:
        """Whether there is anybody to be asked; without, no question has an answer."""
        ...

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """Put it to the user. None when no answer is to be had, which is a refusal.

        It waits as long as it is let; being cancelled, it withdraws the question.
        """
        ...

    async def ask_user(self, questions: UserQuestions) -> Answers:
        """Put them to the user. It waits as long as it is let; being cancelled, it withdraws them."""
        ...
