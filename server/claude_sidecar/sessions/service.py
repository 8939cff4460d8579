"""The sidecar's sessions: everything a surface can ask for, in one place."""

from __future__ import annotations

from claude_sidecar.sessions.model import (
    Key,
    Session,
    SessionPage,
    SessionQuery,
    Turn,
    TurnResult,
    UsageReport,
)
from claude_sidecar.sessions.requests import StepsRequest, TurnRequest


class RunningTurn:
    """A turn that was asked for: queued, running or over."""

    session_id: str  # of the session asked; a recovery can end it in another (see the result)
    turn_id: str

    async def result(self) -> TurnResult:
        """Wait until it is over. Cancelling the wait does not cancel the turn."""
        ...

    def cancel(self) -> None:
        """Interrupt Claude, or leave the queue. `result` then gives a `cancelled` result."""
        ...


class SessionService:
    async def start(self, request: TurnRequest) -> RunningTurn:
        """Ask for a turn; it runs as soon as those before it in its session are over.

        :raises InvalidRequest: (UnknownId, UnusableDocument) nothing was begun.
        :raises TurnFailure: nothing was begun.
        """
        ...

    async def start_steps(self, request: StepsRequest) -> tuple[RunningTurn, ...]: ...

    async def results_of_steps(
        self, turns: tuple[RunningTurn, ...], *, stop_on_error: bool
    ) -> tuple[TurnResult, ...]: ...

    def running(self) -> tuple[RunningTurn, ...]:
        """Turns that are queued or running."""
        ...

    def cancel(
        self, *, session_id: str | None = None, turn_id: str | None = None
    ) -> tuple[str, ...]:
        """Cancel what matches (everything, if nothing is given): the turn ids."""
        ...

    async def new_session(self, key: Key) -> Session: ...
    async def session(self, session_id: str) -> Session: ...  # :raises UnknownId:
    async def current_session(self, key: Key) -> Session | None: ...
    async def list_sessions(self, query: SessionQuery) -> SessionPage: ...
    async def resume(self, session_id: str) -> tuple[Session, tuple[Turn, ...]]: ...
    async def history(
        self, *, session_id: str | None = None, key: Key | None = None
    ) -> tuple[Session, tuple[Turn, ...]]: ...
    async def rename(self, session_id: str, title: str) -> Session: ...
    async def delete(self, session_id: str) -> None: ...
    async def export(self, session_id: str, format: str) -> str:
        """`markdown` or `json`: the text to be written."""
        ...

    async def usage(
        self, *, workspace: str | None = None, since: float | None = None
    ) -> UsageReport: ...
