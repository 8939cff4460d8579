"""Whether Claude may use a tool, put to the user in the way the client can show it.

`claudeSidecar/requestPermission` where the client declares it, else `window/showMessageRequest`
where it declares that. Whatever is not a clear yes is a no: no answer, an answer that was not
offered, a client that cannot ask.
"""

from __future__ import annotations

import json
from typing import Any, Final

import anyio
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.answers import PermissionAnswer as Response
from claude_sidecar.lsp.client import Client
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.ports import PermissionAnswer, PermissionQuestion
from claude_sidecar.visible import visible

_SHOWN_INPUT: Final = 1000
"""Characters of a tool's input in a plain message; what is cut off is said to be."""


class PermissionQuestions:
    """Asks one client. Where it has only messages, one question at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._one_at_a_time = anyio.Lock()

    @property
    def possible(self) -> bool:
        """Whether the client shows questions in one way or the other."""
        return self._client.permissions or self._client.message_requests

    async def ask(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """The user's choice out of the question's options; None where there was none."""
        if self._client.permissions:
            return await self._own_request(question)
        if self._client.message_requests:
            async with self._one_at_a_time:
                return await self._message_request(question)
        return None

    async def _own_request(self, question: PermissionQuestion) -> PermissionAnswer | None:
        answer = await self._client.ask_person(names.REQUEST_PERMISSION, _shape(question))
        if not isinstance(answer, Response) or answer.outcome != "selected":
            return None
        return PermissionAnswer(answer.option_id or "", answer.message)

    async def _message_request(self, question: PermissionQuestion) -> PermissionAnswer | None:
        ids = {visible(each.name): each.id for each in question.options}
        params = types.ShowMessageRequestParams(
            type=types.MessageType.Warning,
            message=visible(_message(question)),
            actions=[types.MessageActionItem(name) for name in ids],
        )
        answer = await self._client.ask_person(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
        title = answer.title if isinstance(answer, types.MessageActionItem) else None
        return None if title not in ids else PermissionAnswer(ids[title])


def _shape(question: PermissionQuestion) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "sessionId": question.session_id,
        "turnId": question.turn_id,
        "toolCallId": question.tool_call_id,
        "title": question.title,
        "toolKind": question.tool_kind,
        "rawInput": question.raw_input,
        "options": [
            {"optionId": each.id, "name": each.name, "kind": each.kind} for each in question.options
        ],
        "number": question.number,
        "pending": question.pending,
    }
    if question.description is not None:
        shape["description"] = question.description
    if question.reason is not None:
        shape["reason"] = question.reason
    if question.again:
        shape["askedBefore"] = True
    if question.diff is not None:
        diff = question.diff
        shape["diff"] = {
            "uri": uri_from_path(diff.path),
            "oldText": diff.old_text,
            "newText": diff.new_text,
        }
    return shape


def _message(question: PermissionQuestion) -> str:
    """What is to be done goes first and whole where it can: it is what the user consents to."""
    told = json.dumps(question.raw_input, ensure_ascii=False)
    command = question.raw_input.get("command")
    if isinstance(command, str):
        told = command
    if len(told) > _SHOWN_INPUT:
        told = f"{told[:_SHOWN_INPUT]} … (and {len(told) - _SHOWN_INPUT} characters more)"
    of = f" ({question.number}, {question.pending} open)" if question.pending > 1 else ""
    before = "Asked before, and not answered then." if question.again else None
    parts = [f"Claude asks{of}: {question.title}", told, question.description, question.reason]
    parts.append(before)
    return "\n".join(part for part in parts if part)
