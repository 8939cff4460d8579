"""The user's consent, as the store port has it."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.ports import ConsentRecords, KeptRule, OpenQuestion
from claude_sidecar.store import consent
from claude_sidecar.store.access import StoreAccess


class StoredConsent(StoreAccess, ConsentRecords):
    """The port's methods about rules and open questions."""

    @override
    async def keep_rule(self, rule: KeptRule) -> None:
        await self.write(partial(consent.keep_rule, rule=rule))

    @override
    async def kept_rules(self, workspace: str | None = None) -> tuple[KeptRule, ...]:
        return await self.read(partial(consent.kept_rules, workspace=workspace))

    @override
    async def drop_rule(self, rule_id: str) -> bool:
        return await self.write(partial(consent.drop_rule, rule_id=rule_id))

    @override
    async def open_question(self, question: OpenQuestion) -> None:
        await self.write(partial(consent.open_question, question=question))

    @override
    async def close_question(self, question_id: str) -> None:
        await self.write(partial(consent.close_question, question_id=question_id))

    @override
    async def open_questions(self, session_id: str | None = None) -> tuple[OpenQuestion, ...]:
        return await self.read(partial(consent.open_questions, session_id=session_id))

    @override
    async def move_questions(self, from_session: str, to_session: str) -> None:
        await self.write(
            partial(consent.move_questions, from_session=from_session, to_session=to_session)
        )
