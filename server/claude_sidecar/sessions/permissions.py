"""Questions that go to the user before Claude may do something, and the answers that are kept.

An answer "always" holds for the session, while the server runs: for a command that means this very
command, for another tool the tool. No answer is a refusal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import anyio

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents import Documents
from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.sessions.policy import QUESTION_TOOL
from claude_sidecar.sessions.ports import (
    Allow,
    Deny,
    Editor,
    PermissionOptionKind,
    PermissionQuestion,
    Question,
    QuestionOption,
    ToolUse,
    UserQuestions,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: one turn of one session."""

    session_id: str
    turn_id: str
    stopping: anyio.Event


class Permissions:
    """Puts questions to the user, and knows which sessions wait for an answer."""

    def __init__(self, editor: Editor, documents: Documents) -> None:
        self._editor = editor
        self._documents = documents
        self._kept: dict[tuple[str, str], bool] = {}
        self._open: dict[str, int] = {}

    def requires_action(self, session_id: str) -> bool:
        """Whether a question of the session is open."""
        return self._open.get(session_id, 0) > 0

    async def permit(self, asker: Asker, use: ToolUse, call: ToolCall | None) -> Allow | Deny:
        """Ask whether a tool may be used; `call` is how the turn has shown it."""
        if use.name == QUESTION_TOOL:
            return await self._question(asker, use)
        rule = (asker.session_id, _rule(use))
        if rule not in self._kept:
            question = PermissionQuestion(
                session_id=asker.session_id,
                turn_id=asker.turn_id,
                tool_call_id=use.id,
                title=use.title or (call.title if call else use.name),
                tool_kind=call.kind if call else "other",
                raw_input=use.input,
                description=_text(use.input.get("description")),
                diff=self._diff(use),
            )
            answer = await self._wait(asker, lambda: self._editor.ask_permission(question))
            return self._decided(rule, answer)
        return Allow() if self._kept[rule] else Deny(_REFUSED)

    def _decided(self, rule: tuple[str, str], answer: PermissionOptionKind | None) -> Allow | Deny:
        match answer:
            case "allow_once":
                return Allow()
            case "allow_always":
                self._kept[rule] = True
                return Allow()
            case "reject_always":
                self._kept[rule] = False
                return Deny(_REFUSED)
            case "reject_once":
                return Deny(_REFUSED)
            case None:
                return Deny("The developer gave no answer, so this was not done.")

    async def _question(self, asker: Asker, use: ToolUse) -> Allow | Deny:
        raw: list[dict[str, Any]] = use.input.get("questions") or []
        questions = UserQuestions(
            asker.session_id, asker.turn_id, tuple(_user_question(each) for each in raw)
        )
        answers = await self._wait(asker, lambda: self._editor.ask_user(questions))
        if answers is None:
            return Deny("The developer did not answer. Go on with what you know.")
        return Allow({**use.input, "answers": dict(answers)})

    async def _wait(self, asker: Asker, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer, or None if the turn is cancelled first, which withdraws the question."""
        answer = _Box[Answer]()

        async def put() -> None:
            answer.value = await ask()
            tasks.cancel_scope.cancel()

        async def withdraw() -> None:
            await asker.stopping.wait()
            tasks.cancel_scope.cancel()

        with self._waiting(asker.session_id):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(put)
                tasks.start_soon(withdraw)
        return answer.value

    @contextmanager
    def _waiting(self, session_id: str) -> Generator[None]:
        self._open[session_id] = self._open.get(session_id, 0) + 1
        try:
            yield
        finally:
            self._open[session_id] -= 1
            if not self._open[session_id]:
                del self._open[session_id]

    def _diff(self, use: ToolUse) -> FileDiff | None:
        """What an edit would make of the file, where its input tells."""
        path = use.input.get("file_path")
        if not isinstance(path, str):
            return None
        path = canonical_path(path)
        try:
            old = self._documents.read(path).text
        except UnusableDocument:
            old = ""
        if use.name == "Write":
            return FileDiff(path, old, str(use.input.get("content", "")))
        if use.name == "Edit":
            before, after = (
                str(use.input.get("old_string", "")),
                str(use.input.get("new_string", "")),
            )
            count = -1 if use.input.get("replace_all") else 1
            return FileDiff(path, old, old.replace(before, after, count) if before else after)
        return None


class _Box(Generic[Answer]):
    value: Answer | None = None


_REFUSED = "The developer refused this."


def _rule(use: ToolUse) -> str:
    command = use.input.get("command")
    return f"{use.name}:{command}" if isinstance(command, str) else use.name


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _user_question(raw: dict[str, Any]) -> Question:
    options: list[dict[str, Any]] = raw.get("options") or []
    return Question(
        question=str(raw.get("question", "")),
        header=str(raw.get("header", "")),
        multi_select=bool(raw.get("multiSelect")),
        options=tuple(
            QuestionOption(str(each.get("label", "")), str(each.get("description", "")))
            for each in options
        ),
    )
