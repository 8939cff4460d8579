"""Cancelling, and the truth about it: what has stopped, and what still runs."""

from __future__ import annotations

from dataclasses import dataclass

import anyio

from claude_sidecar.errors import UnknownId
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Agent, BackgroundTask, Store
from claude_sidecar.sessions.turns.queues import TurnQueues

CANCEL_SECONDS = 1.0
"""What is promised. A process that does not stop by then is killed a moment later."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What became of a wish to stop.

    :param stopped: the ids of turns that are over now.
    :param still_running: of those that are not: of a process that has yet to stop, or is another's.
    :param background_stopped: what ran in the background and does so no more.
    :param background_running: what still runs there.
    """

    stopped: tuple[str, ...]
    still_running: tuple[str, ...]
    background_stopped: tuple[BackgroundTask, ...] = ()
    background_running: tuple[BackgroundTask, ...] = ()


@dataclass(frozen=True, slots=True)
class Canceller:
    """Stops turns, and what they have left running in the background.

    :param seconds: how long the ends of what was cancelled are waited for.
    """

    store: Store
    agent: Agent
    queues: TurnQueues
    seconds: float = CANCEL_SECONDS

    async def cancel(self, session_id: str | None, turn_id: str | None) -> Cancelled:
        """Cancel the turns of a session, one turn, or every turn of this process.

        :raises UnknownId: if there is no such session or turn. One that is over is not cancelled,
            and that is no error.
        """
        session_id = await self._session(session_id, turn_id)
        turns = self.queues.turns() if session_id is None else self.queues.of_session(session_id)
        if turn_id is not None:
            turns = tuple(turn for turn in turns if turn.turn_id == turn_id)
        background = self.agent.background(session_id)
        for turn in turns:
            turn.cancel()
        with anyio.move_on_after(self.seconds):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.agent.stop_background, session_id)
                for turn in turns:
                    await turn.over()
        left = self.agent.background(session_id)
        return Cancelled(
            stopped=tuple(turn.turn_id for turn in turns if turn.is_over),
            still_running=(
                *(turn.turn_id for turn in turns if not turn.is_over),
                *await self._elsewhere(session_id, turn_id, turns),
            ),
            background_stopped=tuple(task for task in background if task not in left),
            background_running=left,
        )

    async def _session(self, session_id: str | None, turn_id: str | None) -> str | None:
        if session_id is not None and await self.store.session(session_id) is None:
            raise UnknownId("session", session_id, field="sessionId")
        if turn_id is None:
            return session_id
        turn = await self.store.turn(turn_id)
        if turn is None:
            raise UnknownId("turn", turn_id, field="turnId")
        return turn.session_id

    async def _elsewhere(
        self, session_id: str | None, turn_id: str | None, ours: tuple[RunningTurn, ...]
    ) -> list[str]:
        """The turns that were meant and are another process's to stop."""
        session = None if session_id is None else await self.store.session(session_id)
        if session is None or session.state != "running":
            return []
        known = {turn.turn_id for turn in ours}
        return [
            turn.id
            for turn in await self.store.turns(session.id)
            if turn.state == "running" and turn.id not in known and turn_id in {None, turn.id}
        ]
