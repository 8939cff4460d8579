"""Questions that Claude puts to the user while it works.

`claudeSidecar/askQuestion` where the client declares it. Elsewhere each question becomes a
`window/showMessageRequest`, one after the other, with the answers as its buttons.
"""

from __future__ import annotations

from typing import Any

import anyio
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.answers import QuestionAnswer
from claude_sidecar.lsp.client import Client
from claude_sidecar.sessions.ports import Answers, Question, Unanswered, UserQuestions
from claude_sidecar.visible import visible


class UserDialogs:
    """Asks one client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._one_at_a_time = anyio.Lock()

    async def ask(self, questions: UserQuestions) -> Answers:
        """The answers by question, if the user answered."""
        if self._client.questions:
            return await self._own_request(questions)
        if self._client.message_requests:
            async with self._one_at_a_time:
                return await self._message_requests(questions)
        return Unanswered.NOT_ASKED

    async def _own_request(self, questions: UserQuestions) -> Answers:
        answer = await self._client.ask_person(names.ASK_QUESTION, _shape(questions))
        given = answer.answers if isinstance(answer, QuestionAnswer) else None
        return given or self._without_answer(names.ASK_QUESTION)

    async def _message_requests(self, questions: UserQuestions) -> Answers:
        answers: dict[str, str] = {}
        for question in questions.questions:
            label = await self._message_request(question)
            if label is None:
                return self._without_answer(types.WINDOW_SHOW_MESSAGE_REQUEST)
            answers[question.question] = label
        return answers

    def _without_answer(self, method: str) -> Unanswered:
        """Some clients declare what they do not know, and refuse it when it comes."""
        shown = method not in self._client.unknown
        return Unanswered.NOT_GIVEN if shown else Unanswered.NOT_ASKED

    async def _message_request(self, question: Question) -> str | None:
        labels = {visible(each.label): each.label for each in question.options}
        described = [f"{each.label}: {each.description}" for each in question.options]
        params = types.ShowMessageRequestParams(
            type=types.MessageType.Info,
            message=visible("\n".join([question.question, *described])),
            actions=[types.MessageActionItem(label) for label in labels],
        )
        answer = await self._client.ask_person(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
        return labels.get(answer.title) if isinstance(answer, types.MessageActionItem) else None


def _shape(questions: UserQuestions) -> dict[str, Any]:
    before = {"askedBefore": True} if questions.again else {}
    return {
        **before,
        "number": questions.number,
        "pending": questions.pending,
        "sessionId": questions.session_id,
        "turnId": questions.turn_id,
        "questions": [
            {
                "question": each.question,
                "header": each.header,
                "multiSelect": each.multi_select,
                "options": [
                    {"label": option.label, "description": option.description}
                    for option in each.options
                ],
            }
            for each in questions.questions
        ],
    }
