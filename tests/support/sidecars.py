"""A whole sidecar in the test's own process: real store, real Claude Code, scripted model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from claude_sidecar.app import open_sidecar
from claude_sidecar.errors import EditRefused
from claude_sidecar.sessions.documents.disk import change_on_disk
from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.sessions.events import Event, Update
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import (
    Answers,
    ContextKind,
    ContextQuery,
    Document,
    EditorContext,
    FileEdit,
    PermissionAnswer,
    PermissionQuestion,
    Unanswered,
    UserQuestions,
    WorkspaceChange,
)
from claude_sidecar.settings import Settings
from claude_sidecar.sidecar import Sidecar
from claude_sidecar.text import apply_text_edits


@dataclass
class ScriptedEditor:
    """An editor whose buffers and answers a test sets; it keeps what it was asked."""

    buffers: dict[str, Document] = field(default_factory=dict[str, Document])
    allowing: Callable[[PermissionQuestion], PermissionAnswer | str | None] = lambda _: None
    answers: Answers = Unanswered.NOT_GIVEN
    changes_buffers: bool = True
    saves: bool = False
    refusing: Callable[[WorkspaceChange], str | None] = lambda _: None
    changes: list[WorkspaceChange] = field(default_factory=list[WorkspaceChange])
    context_kinds: frozenset[ContextKind] = frozenset()
    knowing: Callable[[ContextQuery], EditorContext] = lambda _: EditorContext()
    queries: list[ContextQuery] = field(default_factory=list[ContextQuery])
    asked: list[PermissionQuestion] = field(default_factory=list[PermissionQuestion])
    questions: list[UserQuestions] = field(default_factory=list[UserQuestions])

    def document(self, path: str) -> Document | None:
        return self.buffers.get(path)

    def open_documents(self) -> Sequence[Document]:
        return list(self.buffers.values())

    async def apply(self, change: WorkspaceChange) -> str | None:
        self.changes.append(change)
        refusal = self.refusing(change)
        if refusal is not None:
            return refusal
        edits = [each for each in change.changes if isinstance(each, FileEdit)]
        for edit in edits:
            if edit.path in self.buffers and self.buffers[edit.path].version != edit.version:
                return "another version"
        try:
            change_on_disk([each for each in change.changes if each.path not in self.buffers])
        except EditRefused as error:
            return str(error)
        for edit in edits:
            if edit.path in self.buffers:
                self.type(edit.path, apply_text_edits(self.buffers[edit.path].text, edit.edits))
        return None

    def type(self, path: str, text: str) -> None:
        """The user, or an edit, makes another text of an open file."""
        buffer = self.buffers[path]
        version = (buffer.version or 0) + 1
        self.buffers[path] = replace(buffer, text=text, version=version, dirty=True)

    async def save(self, path: str) -> bool:
        if self.saves:
            buffer = self.buffers[path]
            await anyio.Path(path).write_text(buffer.text, encoding="utf-8")
            self.buffers[path] = replace(buffer, dirty=False, stamp=stamp_of(path))
        return self.saves

    async def context(self, query: ContextQuery) -> EditorContext:
        self.queries.append(query)
        return self.knowing(query)

    @property
    def asks_person(self) -> bool:
        return True

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        self.asked.append(question)
        answer = self.allowing(question)
        return PermissionAnswer(answer) if isinstance(answer, str) else answer

    async def ask_user(self, questions: UserQuestions) -> Answers:
        self.questions.append(questions)
        return self.answers


@dataclass
class Desk:
    """A workspace folder, and sidecars that open it one after the other."""

    folder: Path
    settings: Settings
    editor: ScriptedEditor = field(default_factory=ScriptedEditor)

    def write(self, name: str, text: str) -> str:
        """Make a file: its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def open(self, **settings: object) -> AbstractAsyncContextManager[Sidecar]:
        """A sidecar on the same store as the ones before."""
        return open_sidecar(
            replace(self.settings, **settings),  # type: ignore[arg-type]
            editor=self.editor,
            workspaces=Workspaces([str(self.folder)]),
        )


class Recorder:
    """A subscriber that keeps all updates."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self._news = anyio.Event()

    def __call__(self, update: Update) -> None:
        self.updates.append(update)
        self._news.set()

    async def first(self, kind: type[Event]) -> Event:
        """Wait for the first of a kind."""
        while not (found := self.events(kind)):
            self._news = anyio.Event()
            await self._news.wait()
        return found[0]

    def of_turn(self, turn_id: str) -> list[Update]:
        return [update for update in self.updates if update.turn_id == turn_id]

    def events(self, kind: type[Event]) -> list[Event]:
        return [update.event for update in self.updates if isinstance(update.event, kind)]


async def start(sidecar: Sidecar, text: str, path: str) -> RunningTurn:
    """Ask about a file, and go on while it runs."""
    return await sidecar.turns.start(AskRequest(text, sidecar.workspaces.key_of_file(path)))
