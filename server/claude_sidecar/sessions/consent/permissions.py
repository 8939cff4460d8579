"""Questions that go to the user before Claude may do something, and what their answers mean.

A question ends with an answer, or as a refusal: the turn is cancelled, the time is up, nobody can
be asked. An answer for good also ends the questions that it covers and that were asked at the same
time.
"""

from __future__ import annotations

from collections.abc import Mapping

from claude_sidecar.sessions.consent.desk import Asker, QuestionDesk
from claude_sidecar.sessions.consent.modes import Modes
from claude_sidecar.sessions.consent.offers import Offer, offers_for
from claude_sidecar.sessions.consent.previews import preview
from claude_sidecar.sessions.consent.rulebook import RuleBook
from claude_sidecar.sessions.consent.user_questions import user_questions
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.sessions.policy import (
    NOBODY_IS_ASKED,
    PLAN_TOOL,
    QUESTION_TOOL,
    TO_PLAN_TOOL,
    Guarded,
    Situation,
    guard,
    in_its_place,
    judge,
)
from claude_sidecar.sessions.ports import (
    Allow,
    Ask,
    ConsentRecords,
    Defer,
    Deny,
    Editor,
    OpenQuestion,
    PermissionAnswer,
    PermissionQuestion,
    ToolUse,
    Unanswered,
    UserQuestions,
)

REFUSED = "The developer refused this."
NO_ANSWER = "The developer gave no answer, so this was not done."


class Permissions:
    """Puts questions to the user, and knows which sessions wait for an answer."""

    def __init__(
        self,
        editor: Editor,
        documents: Documents,
        store: ConsentRecords,
        rules: RuleBook,
        modes: Modes,
    ) -> None:
        self._editor = editor
        self._documents = documents
        self._desk = QuestionDesk(store)
        self._rules = rules
        self._modes = modes

    @property
    def asks_person(self) -> bool:
        """Whether there is anybody to be asked."""
        return self._editor.asks_person

    def requires_action(self, session_id: str) -> bool:
        """Whether a question of the session is open."""
        return bool(self._desk.of(session_id))

    async def permit(
        self,
        asker: Asker,
        use: ToolUse,
        call: ToolCall | None,
        earlier: OpenQuestion | None = None,
    ) -> Allow | Deny:
        """Ask whether a tool may be used.

        :param call: how the turn has shown it.
        :param earlier: the question as it stands in the store, if it is asked again.
        """
        if use.name == QUESTION_TOOL:
            return await self._question(asker, use, earlier)
        situation = await asker.situation()
        settled = _without_a_question(asker, situation, use)
        if settled is not None:
            return settled
        offers = offers_for(situation, use)
        asked_about = _leads_to(situation, use)

        async def ask(number: int) -> PermissionAnswer | None:
            return await self._editor.ask_permission(
                PermissionQuestion(
                    session_id=asker.session_id,
                    turn_id=asker.turn_id,
                    tool_call_id=use.id,
                    title=use.title or (call.title if call else use.name),
                    tool_kind=call.kind if call else "other",
                    raw_input=use.input,
                    options=tuple(each.option for each in offers),
                    description=_description(use),
                    reason=_reason(situation, use),
                    diff=preview(self._documents, asker.workspace, use),
                    number=number,
                    pending=len(self._desk.of(asker.session_id)),
                    again=earlier is not None,
                )
            )

        question = earlier or self._desk.question(asker, use, call)
        answer = await self._desk.put(asker, use, question, ask)
        if answer is None:
            return await self._unanswered(asker, use)
        decided = await self._decided(asker, use, offers, answer)
        return await self._still(asker, use, asked_about) if isinstance(decided, Allow) else decided

    async def _unanswered(self, asker: Asker, use: ToolUse) -> Allow | Deny:
        """No answer is a no, unless an answer to another question was for this one as well."""
        verdict = judge(await asker.situation(), use)
        if isinstance(verdict, (Allow, Deny)) and not asker.stopping.is_set():
            return verdict
        return Deny(NO_ANSWER)

    async def _decided(
        self,
        asker: Asker,
        use: ToolUse,
        offers: tuple[Offer, ...],
        answer: PermissionAnswer,
    ) -> Allow | Deny:
        """What an answer means; one that was not offered is a refusal."""
        chosen = next((each for each in offers if each.option.id == answer.option_id), None)
        if chosen is None:
            return Deny(REFUSED)
        if chosen.rules:
            await self._rules.keep(
                chosen.rules,
                workspace=asker.workspace,
                session_id=None if chosen.lasting else asker.session_id,
                allows=chosen.allows,
            )
            await self._settle_covered(asker)
        if not chosen.allows:
            return Deny(_with_words(REFUSED, answer.message))
        if use.name == PLAN_TOOL:
            accepting = chosen.option.kind == "allow_always"
            mode = "acceptEdits" if accepting else "default"
            self._modes.choose(asker.session_id, asker.workspace, mode)
        elif use.name == TO_PLAN_TOOL:
            self._modes.choose(asker.session_id, asker.workspace, "plan")
        return Allow()

    async def _settle_covered(self, asker: Asker) -> None:
        """Others that wait and are covered by what was just kept need no answer of their own."""
        situation = await asker.situation()
        for waiting in self._desk.of(asker.session_id):
            if isinstance(judge(situation, waiting.use), (Allow, Deny)):
                waiting.settled.set()

    async def _still(
        self, asker: Asker, use: ToolUse, asked_about: tuple[ToolUse, Guarded | None]
    ) -> Allow | Deny:
        """What was asked about is what is done: a person may take long, and links can be bent."""
        now = _leads_to(await asker.situation(), use)
        if now != asked_about:
            return Deny("What this leads to has changed while the developer was asked. Look again.")
        placed, _ = now
        return Allow(placed.input if placed is not use else None)

    async def _question(
        self, asker: Asker, use: ToolUse, earlier: OpenQuestion | None
    ) -> Allow | Deny:
        settled = asker.settled_before(use)
        if settled is not None:
            return settled

        async def ask(number: int) -> Mapping[str, str] | None:
            answers = await self._editor.ask_user(
                UserQuestions(
                    asker.session_id,
                    asker.turn_id,
                    user_questions(use.input),
                    number,
                    len(self._desk.of(asker.session_id)),
                    again=earlier is not None,
                )
            )
            return None if isinstance(answers, Unanswered) else answers

        question = earlier or self._desk.question(asker, use, None)
        answers = await self._desk.put(asker, use, question, ask)
        if not answers:
            return Deny("The developer did not answer. Go on with what you know.")
        return Allow({**use.input, "answers": dict(answers)})


def _without_a_question(asker: Asker, situation: Situation, use: ToolUse) -> Allow | Deny | None:
    """What is settled already; None if the user has to be asked."""
    verdict = judge(situation, use)
    if isinstance(verdict, (Allow, Deny)):  # since it was asked: a rule, another mode
        return verdict
    settled = asker.settled_before(use)
    if settled is not None and _leads_there(settled, use, in_its_place(situation, use)):
        return settled
    if situation.mode == "dontAsk" and use.name != PLAN_TOOL:
        return Deny(NOBODY_IS_ASKED)
    return None


def _leads_to(situation: Situation, use: ToolUse) -> tuple[ToolUse, Guarded | None]:
    return in_its_place(situation, use), guard(situation, use)


def _leads_there(settled: Allow | Deny, use: ToolUse, now: ToolUse) -> bool:
    """Whether what was settled before is still about the same place."""
    return isinstance(settled, Deny) or (settled.updated_input or use.input) == now.input


def _reason(situation: Situation, use: ToolUse) -> str | None:
    verdict = judge(situation, use)
    if isinstance(verdict, Ask) and verdict.reason:
        return verdict.reason
    return use.reason if isinstance(verdict, Defer) else None


def _with_words(refusal: str, message: str | None) -> str:
    words = (message or "").strip()
    return f"{refusal} They say: {words}" if words else refusal


def _description(use: ToolUse) -> str | None:
    return _text(use.input.get("plan" if use.name == PLAN_TOOL else "description"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
