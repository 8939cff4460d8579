"""The terminal as an editor: files are as the disk has them, and the person at the keyboard is asked.

The sidecar calls it on the engine's thread; the person is at the main one. A question is handed
over with a slot for its answer, and the turn waits there, without a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

import anyio
from typing_extensions import override

from claude_sidecar.sessions.documents.disk import DiskEditor
from claude_sidecar.sessions.ports import (
    Answers,
    PermissionAnswer,
    PermissionQuestion,
    Unanswered,
    UserQuestions,
)

Answer = TypeVar("Answer")


class Slot(Generic[Answer]):
    """A place for one answer. Fill it on the event loop's thread.

    :ivar withdrawn: whether no answer is wanted any more; then there is no need to ask.
    """

    def __init__(self) -> None:
        self._filled = anyio.Event()
        self._answer: Answer | None = None
        self.withdrawn = False

    def fill(self, answer: Answer | None) -> None:
        """Give the answer; None says that there is none."""
        self._answer = answer
        self._filled.set()

    async def wait(self) -> Answer | None:
        """The answer, once it is there; how long that may take is the caller's."""
        try:
            await self._filled.wait()
        except BaseException:
            self.withdrawn = True
            raise
        return self._answer


@dataclass(frozen=True, slots=True)
class PermissionAsked:
    """Claude wants to use a tool."""

    question: PermissionQuestion
    slot: Slot[PermissionAnswer] = field(default_factory=Slot[PermissionAnswer])


@dataclass(frozen=True, slots=True)
class AnswersAsked:
    """Claude has questions."""

    questions: UserQuestions
    slot: Slot[Mapping[str, str]] = field(default_factory=Slot[Mapping[str, str]])


Asked: TypeAlias = PermissionAsked | AnswersAsked


class TerminalEditor(DiskEditor):
    """Implements :class:`~claude_sidecar.sessions.ports.Editor`: nothing is open in a terminal, the
    disk has it all.

    :param hand_over: takes a question to the person; None where nobody is there to be asked.
    """

    def __init__(self, hand_over: Callable[[Asked], None] | None) -> None:
        self._hand_over = hand_over

    @property
    @override
    def asks_person(self) -> bool:
        """Whether somebody is at the keyboard."""
        return self._hand_over is not None

    @override
    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """The person's choice; None where nobody can be asked, which is a refusal."""
        if self._hand_over is None:
            return None
        asked = PermissionAsked(question)
        self._hand_over(asked)
        return await asked.slot.wait()

    @override
    async def ask_user(self, questions: UserQuestions) -> Answers:
        """The person's answers."""
        if self._hand_over is None:
            return Unanswered.NOT_ASKED
        asked = AnswersAsked(questions)
        self._hand_over(asked)
        return await asked.slot.wait() or Unanswered.NOT_GIVEN
