"""What the domain needs kept of the user's consent: rules, and questions that are still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.sessions.model import JsonObject, ToolKind


@dataclass(frozen=True, slots=True)
class KeptRule:
    """An answer that was given for good.

    :param workspace: the canonical path of the workspace it holds in.
    :param session_id: the one session it holds in; None for all of the workspace.
    :param rule: as it is written in settings, `Bash(npm test *)`.
    :param allows: whether it allows or refuses.
    """

    id: str
    workspace: str
    session_id: str | None
    rule: str
    allows: bool
    created_at: float


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A use of a tool that the user was asked about and has not answered.

    :param id: ours, a UUID.
    :param title: how it is shown, and `kind` likewise.
    """

    id: str
    session_id: str
    turn_id: str
    tool_call_id: str
    tool: str
    input: JsonObject
    title: str
    kind: ToolKind
    asked_at: float


class ConsentRecords(Protocol):
    """Rules that were kept, and questions that are open; both end with their session."""

    async def keep_rule(self, rule: KeptRule) -> None:
        """Add a rule; one that says the same in the same place is replaced."""
        ...

    async def kept_rules(self, workspace: str | None = None) -> tuple[KeptRule, ...]:
        """The rules of a workspace and its sessions, or all there are; oldest first."""
        ...

    async def drop_rule(self, rule_id: str) -> bool:
        """Take a rule back; False if there was none of that id."""
        ...

    async def open_question(self, question: OpenQuestion) -> None:
        """The user is being asked, perhaps once more."""
        ...

    async def close_question(self, question_id: str) -> None:
        """The user has answered, or the turn went on without."""
        ...

    async def open_questions(self, session_id: str | None = None) -> tuple[OpenQuestion, ...]:
        """What is open in a session, or in all, in the order in which it was asked."""
        ...

    async def move_questions(self, from_session: str, to_session: str) -> None:
        """Another session goes on in the place of one that is lost."""
        ...
