"""What the domain needs of a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import (
    ContextSize,
    FindingQuery,
    Key,
    Session,
    SessionPage,
    SessionQuery,
    Turn,
)
from claude_sidecar.sessions.ports.checkpoints import CheckpointRecords
from claude_sidecar.sessions.ports.consent import ConsentRecords
from claude_sidecar.sessions.ports.elsewhere import ElsewhereRecords
from claude_sidecar.sessions.ports.leases import LeaseRecords
from claude_sidecar.sessions.ports.moments import TurnMoments
from claude_sidecar.sessions.ports.spending import SpendingRecords
from claude_sidecar.sessions.ports.transcripts import TranscriptRecords


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Where the store is and how it fares.

    :param location: its path.
    :param persistent: False while it can only be kept in memory (a full or read-only disk).
    :param problem: what is wrong and what to do about it, or None.
    """

    location: str
    persistent: bool
    problem: str | None = None


class SessionRecords(Protocol):
    """Which sessions there are, and what is known of each."""

    async def add_session(self, session: Session) -> None:
        """Record a new session; if it is `current`, the key's older ones no longer are."""
        ...

    async def session(self, session_id: str) -> Session | None:
        """One session, or None if there is none of that id."""
        ...

    async def current_session(self, key: Key) -> Session | None:
        """The session that the key continues."""
        ...

    async def make_current(self, session_id: str) -> None:
        """Make it the one that its key continues."""
        ...

    async def update_session(
        self,
        session_id: str,
        *,
        title: str | None = None,
        model: str | None = None,
        billed_usd: float | None = None,
        begun: bool | None = None,
        updated_at: float | None = None,
        context: ContextSize | None = None,
        notice: str | None = None,
    ) -> None:
        """Change what is given, leave what is None."""
        ...

    async def sessions(self, query: SessionQuery) -> SessionPage:
        """A page of sessions, the last used first.

        :raises InvalidRequest: if the query's cursor is not one of ours.
        """
        ...

    async def after_last_use(self, now: float) -> float:
        """`now`, or the moment after the last use of any session where the clock has gone back since,
        so that what is used last is listed first all the same.
        """
        ...

    async def delete_session(self, session_id: str) -> bool:
        """Delete it with its turns and findings; False if there was none. The ledger keeps its costs."""
        ...

    async def move_files(self, moves: Mapping[Key, Key]) -> None:
        """Files were renamed: their sessions and findings go with them."""
        ...


class TurnRecords(Protocol):
    """The journal: every turn, written as it happens (see `TurnMoments`)."""

    async def begin_turn(self, turn: Turn, request: str | None = None) -> None:
        """Record a turn that was asked for: queued until `start_turn`.

        :param request: all of what was asked for, to be asked for again (see `request_of`).
        """
        ...

    async def request_of(self, turn_id: str) -> str | None:
        """What `begin_turn` was given, while the turn has not ended well."""
        ...

    async def start_turn(self, turn_id: str, *, session_id: str, started_at: float) -> None:
        """It leaves its queue, in the given session (a recovered one is not the one asked)."""
        ...

    async def end_turn(self, turn: Turn) -> None:
        """Record how it ended: all of the turn's fields are taken."""
        ...

    async def turn(self, turn_id: str) -> Turn | None:
        """One turn."""
        ...

    async def turns(self, session_id: str) -> tuple[Turn, ...]:
        """All turns of a session, in the order in which they were asked."""
        ...


class FindingRecords(Protocol):
    """Findings, and whether another process has changed any."""

    async def save_finding(self, finding: Finding) -> None:
        """Record a finding, or bring the one with its id up to date."""
        ...

    async def findings(self, query: FindingQuery) -> tuple[Finding, ...]:
        """Findings by place, state or turn, in the order of their files and positions."""
        ...

    async def foreign_changes(self) -> int:
        """A number that is another one after another process has written to the store."""
        ...


class Store(
    SessionRecords,
    TurnRecords,
    FindingRecords,
    CheckpointRecords,
    TranscriptRecords,
    SpendingRecords,
    LeaseRecords,
    ConsentRecords,
    ElsewhereRecords,
    TurnMoments,
    Protocol,
):
    """Sessions, the journal of their turns, findings, consent, copies of transcripts, and a ledger;
    kept over restarts and crashes.

    All methods raise :class:`~claude_sidecar.errors.StoreError` for what cannot be helped. Calls
    take effect in the order in which they are made. A method that returns has made its change
    durable against the death of this process.
    """

    async def health(self) -> StoreHealth:
        """Where it is, and whether it can write there."""
        ...
