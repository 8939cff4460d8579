"""One queue for each session: its turns run one after the other, in the order they were asked.

Turns of different sessions run side by side. A session that takes a lost one's place shares its
queue, so that prompts already waiting keep their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from anyio.abc import TaskGroup

from claude_sidecar.sessions.planning.running_turn import RunningTurn

RunTurn: TypeAlias = Callable[[RunningTurn], Awaitable[None]]


class TurnQueues:
    """The queues of all sessions.

    :param tasks: where the turns run.
    """

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._waiting: dict[str, deque[RunningTurn]] = {}
        self._running: dict[str, RunningTurn] = {}
        self._successors: dict[str, str] = {}

    def successor(self, session_id: str) -> str:
        """The session that took the given one's place, or the given one."""
        while session_id in self._successors:
            session_id = self._successors[session_id]
        return session_id

    def replace(self, lost: str, successor: str) -> None:
        """Move what waits for a lost session to its successor."""
        self._successors[lost] = successor
        if lost in self._waiting:
            self._waiting[successor] = self._waiting.pop(lost)
        if lost in self._running:
            self._running[successor] = self._running.pop(lost)

    def add(self, turn: RunningTurn, run: RunTurn) -> None:
        """Queue a turn; it starts at once if its session is idle.

        :param run: runs turns of the queue to their ends; never raises but for cancellation.
        """
        session_id = self.successor(turn.session_id)
        waiting = self._waiting.get(session_id)
        if waiting is not None:
            waiting.append(turn)
            return
        self._waiting[session_id] = deque([turn])
        self._tasks.start_soon(self._work, session_id, run)

    def withdraw(self, turn: RunningTurn) -> bool:
        """Take a turn that has not started out of its queue; False if it has."""
        waiting = self._waiting.get(self.successor(turn.session_id))
        if waiting is None or turn not in waiting:
            return False
        waiting.remove(turn)
        return True

    def turns(self) -> tuple[RunningTurn, ...]:
        """All turns that run or wait, those that run first."""
        waiting = (turn for queue in self._waiting.values() for turn in queue)
        return (*self._running.values(), *waiting)

    def of_session(self, session_id: str) -> tuple[RunningTurn, ...]:
        """The turns of one session, in order."""
        session_id = self.successor(session_id)
        running = self._running.get(session_id)
        return (*((running,) if running else ()), *self._waiting.get(session_id, ()))

    async def _work(self, session_id: str, run: RunTurn) -> None:
        while waiting := self._waiting[session_id := self.successor(session_id)]:
            turn = waiting.popleft()
            self._running[session_id] = turn
            await run(turn)
            session_id = self.successor(session_id)
            del self._running[session_id]
        del self._waiting[session_id]
