"""What the domain needs of a store about money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from claude_sidecar.sessions.costs.estimates import PastTurn
from claude_sidecar.sessions.costs.usage import UsageReport
from claude_sidecar.sessions.model import TurnKind


class SpendingRecords(Protocol):
    """A ledger of what was spent (see `TurnMoments`). It outlives the sessions: what is deleted was
    still paid for.
    """

    async def spent(self, *, since: float, until: float, except_turn: str | None = None) -> float:
        """US dollars that all turns spent between two times, to the quarter of an hour."""
        ...

    async def past_turns(self, kind: TurnKind, *, limit: int) -> Sequence[PastTurn]:
        """What the last turns of a kind took, of those that took anything; the last one first."""
        ...

    async def usage(self, *, workspace: str | None, since: float | None) -> UsageReport:
        """Tokens and costs of all that was spent since then."""
        ...
