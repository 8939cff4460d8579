"""Answers that were given for good, as rules in the sidecar's own store.

They are never written into a project's settings: those travel with the project, and what one person
allows on one machine is nobody else's consent. They are read at every decision, so that one that is
taken back, here or in another window, no longer counts.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence

from claude_sidecar.errors import StoreError, UnknownId
from claude_sidecar.sessions.policy import Rule, parse_rule
from claude_sidecar.sessions.ports import ConsentRecords, KeptRule

logger = logging.getLogger(__name__)


class RuleBook:
    """The rules in the store."""

    def __init__(self, store: ConsentRecords) -> None:
        self._store = store

    async def keep(
        self, rules: Sequence[str], *, workspace: str, session_id: str | None, allows: bool = True
    ) -> None:
        """Keep rules: for one session, or for the workspace. What cannot be kept is asked again."""
        for rule in rules:
            kept = KeptRule(str(uuid.uuid4()), workspace, session_id, rule, allows, time.time())
            try:
                await self._store.keep_rule(kept)
            except (StoreError, UnknownId) as error:
                logger.warning("An answer could not be kept: %s", error)

    async def of(
        self, workspace: str, session_id: str
    ) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The rules that allow, and those that refuse, in a session."""
        try:
            kept = await self._store.kept_rules(workspace)
        except StoreError as error:
            logger.warning("Rules could not be read, so that more is asked: %s", error)
            return (), ()
        mine = [each for each in kept if each.session_id in {None, session_id}]
        return (
            tuple(parse_rule(each.rule) for each in mine if each.allows),
            tuple(parse_rule(each.rule) for each in mine if not each.allows),
        )

    async def list(self, workspace: str | None = None) -> tuple[KeptRule, ...]:
        """The rules of a workspace and its sessions, or all there are."""
        return await self._store.kept_rules(workspace)

    async def revoke(self, rule_id: str) -> None:
        """Take a rule back: what it was about is asked from now on.

        :raises UnknownId: if there is none of that id.
        """
        if not await self._store.drop_rule(rule_id):
            raise UnknownId("rule", rule_id, field="ruleId")
