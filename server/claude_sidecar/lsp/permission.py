"""Whether Claude may use a tool, put to the user in the way the client can show it.

`claudeSidecar/requestPermission` where the client declares it, else `window/showMessageRequest`
where it declares that. Whatever is not a clear yes is a no: no answer, an answer that was not
offered, a client that cannot ask.
"""

from __future__ import annotations

import json
from typing import Any, Final

from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.answers import PermissionAnswer
from claude_sidecar.lsp.client import PERSON_SECONDS, Client
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.ports import PermissionOptionKind, PermissionQuestion

_NAMES: Final[dict[PermissionOptionKind, str]] = {
    "allow_once": "Allow",
    "allow_always": "Always allow in this session",
    "reject_once": "Refuse",
    "reject_always": "Always refuse in this session",
}
_SHOWN_INPUT = 1000
"""Characters of a tool's input in a plain message; what is cut off is said to be."""


class PermissionQuestions:
    """Asks one client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """The user's choice out of the question's options; None where there was none."""
        if self._client.permissions:
            return await self._own_request(question)
        if self._client.message_requests:
            return await self._message_request(question)
        return None

    async def _own_request(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        answer = await self._client.ask(
            names.REQUEST_PERMISSION, _shape(question), seconds=PERSON_SECONDS
        )
        if not isinstance(answer, PermissionAnswer) or answer.outcome != "selected":
            return None
        return next((each for each in question.options if each == answer.option_id), None)

    async def _message_request(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        params = types.ShowMessageRequestParams(
            type=types.MessageType.Warning,
            message=_message(question),
            actions=[types.MessageActionItem(_NAMES[each]) for each in question.options],
        )
        answer = await self._client.ask(
            types.WINDOW_SHOW_MESSAGE_REQUEST, params, seconds=PERSON_SECONDS
        )
        title = answer.title if isinstance(answer, types.MessageActionItem) else None
        return next((each for each in question.options if _NAMES[each] == title), None)


def _shape(question: PermissionQuestion) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "sessionId": question.session_id,
        "turnId": question.turn_id,
        "toolCallId": question.tool_call_id,
        "title": question.title,
        "toolKind": question.tool_kind,
        "rawInput": question.raw_input,
        "options": [
            {"optionId": each, "name": _NAMES[each], "kind": each} for each in question.options
        ],
    }
    if question.description is not None:
        shape["description"] = question.description
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
    parts = [f"Claude asks: {question.title}", told, question.description]
    return "\n".join(part for part in parts if part)
