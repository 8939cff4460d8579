"""What the domain needs of Claude's memory beside its going on: looking at it, and parting from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.sessions.ports.agent_options import AgentOptions


@dataclass(frozen=True, slots=True)
class TurnTrace:
    """What Claude's transcript has of a turn.

    :param before: the entry that the turn follows; None where it is the first.
    :param text: what Claude said in it, as far as it is there.
    :param tool_calls: the ids of the tools it used.
    :param last: whether nothing was asked after it.
    """

    before: str | None
    text: str
    tool_calls: frozenset[str]
    last: bool


class Branches(Protocol):
    """Claude's transcripts, looked at from outside of a turn."""

    async def trace(self, session_id: str, turn_id: str, options: AgentOptions) -> TurnTrace | None:
        """What a transcript has of a turn; None if it knows nothing of it."""
        ...

    async def fork(
        self, session_id: str, turn_ids: Sequence[str], options: AgentOptions, title: str
    ) -> str:
        """Copy a transcript up to and including the first of the turns that it has, and give the
        new session's id. What it cost is left behind.

        :raises SessionNotResumable: if there is no transcript, or it has none of the turns.
        """
        ...
