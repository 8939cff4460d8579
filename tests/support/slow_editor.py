"""An editor whose user takes time to answer."""

from __future__ import annotations

import anyio

from claude_sidecar.sessions.ports import (
    Answers,
    PermissionAnswer,
    PermissionQuestion,
    Unanswered,
    UserQuestions,
)
from support.sidecars import ScriptedEditor


class SlowEditor(ScriptedEditor):
    """An editor whose questions wait until the test answers them."""

    def __init__(self) -> None:
        super().__init__()
        self.answers_by_id: dict[str, PermissionAnswer] = {}
        self.withdrawn: list[str] = []
        self._happened = anyio.Event()

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        self.asked.append(question)
        self._tell()
        try:
            while question.tool_call_id not in self.answers_by_id:
                await self._happened.wait()
        except anyio.get_cancelled_exc_class():
            self.withdrawn.append(question.tool_call_id)
            self._tell()
            raise
        return self.answers_by_id[question.tool_call_id]

    async def ask_user(self, questions: UserQuestions) -> Answers:
        self.questions.append(questions)
        self._tell()
        await anyio.sleep_forever()
        return Unanswered.NOT_GIVEN

    def answer(self, question: PermissionQuestion, option: str, message: str | None = None) -> None:
        self.answers_by_id[question.tool_call_id] = PermissionAnswer(option, message)
        self._tell()

    async def until_asked(self, count: int) -> None:
        with anyio.fail_after(60):
            while len(self.asked) + len(self.questions) < count:
                await self._happened.wait()

    def _tell(self) -> None:
        self._happened.set()
        self._happened = anyio.Event()
