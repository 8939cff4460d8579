"""What only this process knows of a session: its permission mode, what runs in it, what waits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from claude_sidecar.sessions.consent.modes import Modes
from claude_sidecar.sessions.consent.permissions import Permissions
from claude_sidecar.sessions.model import PermissionMode, Session
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.policy import allowance_of
from claude_sidecar.sessions.ports import Agent
from claude_sidecar.sessions.turns.queues import TurnQueues


@dataclass(frozen=True, slots=True)
class SessionStates:
    """The states of all sessions, as they are now."""

    agent: Agent
    modes: Modes
    permissions: Permissions
    queues: TurnQueues

    def as_it_is(self, session: Session) -> Session:
        """A session of the store with what only this process knows."""
        session = replace(session, mode=self.modes.of(session.id, session.key.workspace))
        if self.permissions.requires_action(session.id):
            return replace(session, state="requires_action")
        if self.queues.of_session(session.id):
            return replace(session, state="running")
        return session

    def turns_of(self, session_id: str) -> tuple[RunningTurn, ...]:
        """The turns of a session that run or wait, in order."""
        return self.queues.of_session(session_id)

    async def set_mode(self, session: Session, mode: PermissionMode) -> Session:
        """Put a session into a permission mode, at once and until the server ends."""
        self.modes.choose(session.id, session.key.workspace, mode)
        await self.check_modes()
        return self.as_it_is(session)

    async def check_modes(self) -> None:
        """Modes may be others now: Claude goes into plan mode, or out of it, in running turns too."""
        for turn in self.queues.turns():
            may = turn.plan.allowance or allowance_of(turn.kind)
            if may != "read":
                session_id = self.queues.successor(turn.session_id)
                mode = self.modes.of(session_id, turn.plan.key.workspace)
                await self.agent.plan_first(session_id, planning=mode == "plan")
