"""Questions that were cut off with the server or the editor, asked again when the session is used.

Claude Code is gone by then and its turn was interrupted, so there is nobody who waits for the
answer. It is told with the next prompt, and holds for that turn: what was allowed may be done then
without asking once more, and what was refused is not asked again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.consent.desk import Asker
from claude_sidecar.sessions.consent.permissions import Permissions
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.sessions.policy import QUESTION_TOOL, judge
from claude_sidecar.sessions.ports import Allow, ConsentRecords, Deny, OpenQuestion, ToolUse
from claude_sidecar.sessions.prompts.fences import fence

logger = logging.getLogger(__name__)

_TOLD = """\
Before the editor was closed you had asked the developer for what follows, and were cut off. They
have answered now. What they allowed has not been done yet: do it now if the task still needs it."""

_INPUT_LIMIT = 4_000
"""Characters of a tool's input that Claude is reminded of; it knows the rest from its transcript."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """Puts open questions once more."""

    store: ConsentRecords
    permissions: Permissions

    async def before(self, asker: Asker) -> str:
        """What a turn's prompt is to end with: what the user says to the questions of earlier ones.

        Where nobody can be asked, they stay open for a turn in which somebody can.
        """
        if not self.permissions.asks_person:
            return ""
        try:
            left = await self.store.open_questions(asker.session_id)
        except StoreError as error:
            logger.warning("Open questions could not be read: %s", error)
            return ""
        situation = await asker.situation()
        mine = [
            (each, use)
            for each in left
            if each.turn_id != asker.turn_id
            and not isinstance(judge(situation, use := _use_of(each)), Deny)
        ]
        if not mine:
            return ""  # and what this turn may not do anyhow is left for another
        decided: dict[str, Allow | Deny] = {}
        async with anyio.create_task_group() as tasks:
            for question, use in mine:
                tasks.start_soon(self._ask, asker, question, use, decided)
        answered = [(use, decided[question.id]) for question, use in mine]
        asker.settled.extend(answered)
        return f"\n\n{_told(answered)}"

    async def _ask(
        self,
        asker: Asker,
        question: OpenQuestion,
        use: ToolUse,
        decided: dict[str, Allow | Deny],
    ) -> None:
        call = ToolCall(use.id, question.title, question.kind)
        decided[question.id] = await self.permissions.permit(asker, use, call, question)
        if not asker.left():
            await self.store.close_question(question.id)


def _use_of(question: OpenQuestion) -> ToolUse:
    return ToolUse(question.tool_call_id, question.tool, question.input)


def _told(answered: Sequence[tuple[ToolUse, Allow | Deny]]) -> str:
    return "\n\n".join([_TOLD, *(_one(use, decision) for use, decision in answered)])


def _one(use: ToolUse, decision: Allow | Deny) -> str:
    if isinstance(decision, Deny):
        answer = decision.reason
    elif use.name == QUESTION_TOOL and decision.updated_input is not None:
        answer = "The developer answered:\n" + fence(
            "request",
            "\n".join(
                f"{asked}: {said}" for asked, said in decision.updated_input["answers"].items()
            ),
        )
    else:
        answer = "The developer allowed this."
    shown = json.dumps(use.input, ensure_ascii=False)
    if len(shown) > _INPUT_LIMIT:
        shown = f"{shown[:_INPUT_LIMIT]} …"
    return f"{use.name}:\n{fence('tool_input', shown)}\n{answer}"
