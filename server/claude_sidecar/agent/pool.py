"""Which processes are kept: one a session at most, and only so many idle ones.

A running turn always gets a process, however many there are; the ceiling is for those that only
wait for a next prompt. Over it, the least recently used goes first. A process that does not fit
what is asked of it is ended before its successor starts: two would write one transcript.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import anyio
from anyio.abc import TaskGroup

from claude_sidecar.agent.live import LiveSession
from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.agent.waiting import first_of
from claude_sidecar.agent.watchdog import Watchdog
from claude_sidecar.sessions.ports import AgentOptions, Drop, ToolSpec, TranscriptRecords

logger = logging.getLogger(__name__)


class Pool:
    """The processes of one agent.

    :param tasks: where each process's owner runs; its end ends them all.
    :param live_max: how many idle processes are kept.
    :param idle_seconds: for how long.
    :param records: where copies of the transcripts are kept, if they are.
    """

    def __init__(
        self,
        tasks: TaskGroup,
        specs: Sequence[ToolSpec],
        watchdog: Watchdog,
        *,
        live_max: int,
        idle_seconds: float,
        records: TranscriptRecords | None = None,
    ) -> None:
        self._tasks = tasks
        self._records = records
        self._watchdog = watchdog
        self._specs = specs
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        self._live: dict[str, LiveSession] = {}
        self._busy: dict[LiveSession, anyio.Event] = {}
        self._used_at: dict[LiveSession, float] = {}
        self._changed = anyio.Event()

    @property
    def live(self) -> tuple[LiveSession, ...]:
        """All that have not ended."""
        return tuple(live for live in self._live.values() if not live.ended.is_set())

    def configure(self, *, live_max: int, idle_seconds: float) -> None:
        """Change how many idle processes are kept, and for how long."""
        self._live_max = live_max
        self._idle_seconds = idle_seconds
        self._trim()

    async def acquire(
        self,
        session_id: str,
        options: AgentOptions,
        *,
        begun: bool,
        unless: anyio.Event,
        drop: Drop | None = None,
    ) -> LiveSession | None:
        """The session's process, taken until `give_back`; it may still be starting.

        :param drop: a turn that it is to forget, which takes a new process.
        :returns: None if `unless` was set while there was another to wait for.
        """
        while not unless.is_set():
            live = self._live.get(session_id)
            if live is None or live.ended.is_set():
                live = self._start(session_id, options, begun=begun, drop=drop)
            elif live in self._busy:
                await first_of(self._busy[live], unless)
                continue
            elif drop is not None or not live.fits(options):
                live.close()
                await first_of(live.ended, unless)
                continue
            self._busy[live] = anyio.Event()
            return live
        return None

    def give_back(self, live: LiveSession) -> None:
        """Its turn is over; it may be kept for the next."""
        self._busy.pop(live).set()
        if not live.ended.is_set():
            self._used_at[live] = anyio.current_time()
        self._trim()

    async def prepare(self, session_id: str, options: AgentOptions, *, begun: bool) -> None:
        """Start a process for a session, where there is room."""
        live = self._live.get(session_id)
        if live is not None and not live.ended.is_set():
            if live in self._busy or live.fits(options):
                return
            live.close()
            await live.ended.wait()
            if self._live.get(session_id) not in {None, live}:
                return  # a turn was quicker
        if not self._make_room():
            return
        live = self._start(session_id, options, begun=begun)
        await live.ready.wait()
        if live.failure is not None:
            logger.info("Claude Code was not started ahead: %s", live.failure)

    async def end(self, session_id: str) -> None:
        """End the session's process, if there is one."""
        live = self._live.get(session_id)
        if live is not None:
            live.close()
            await live.ended.wait()

    async def end_overtaken(self, session_id: str) -> bool:
        """End the session's process if it is idle and knows less than its transcript.

        :returns: whether the session has no process now.
        """
        live = self._live.get(session_id)
        if live is None or live.ended.is_set():
            return True
        if live in self._busy or live.fits(live.options):
            return False
        live.close()
        await live.ended.wait()
        return self._live.get(session_id) in {None, live}

    async def evict(self) -> None:
        """End what has been idle too long, for ever."""
        while True:
            now = anyio.current_time()
            for live in self._idle():
                if self._used_at[live] + self._idle_seconds <= now:
                    live.close()
            due = (self._used_at[live] + self._idle_seconds for live in self._idle())
            self._changed = anyio.Event()
            with anyio.move_on_after(min(due, default=math.inf) - now):
                await self._changed.wait()

    def _start(
        self, session_id: str, options: AgentOptions, *, begun: bool, drop: Drop | None = None
    ) -> LiveSession:
        records = self._records
        live = LiveSession(
            session_id,
            options,
            begun=begun,
            specs=self._specs,
            watchdog=self._watchdog,
            copy=None if records is None else TranscriptCopy(records, options, session_id),
            drop=drop,
        )
        self._live[session_id] = live
        self._used_at[live] = anyio.current_time()
        self._tasks.start_soon(self._own, live)
        self._changed.set()
        return live

    async def _own(self, live: LiveSession) -> None:
        try:
            await live.own()
        except Exception:
            logger.exception("The process of session %s was lost", live.session_id)
        finally:
            self._used_at.pop(live, None)
            if self._live.get(live.session_id) is live:
                del self._live[live.session_id]

    def _idle(self) -> list[LiveSession]:
        """Those that wait for a prompt, the least recently used first."""
        idle = [live for live in self.live if live not in self._busy and not live.closing]
        return sorted(idle, key=lambda live: self._used_at[live])

    def _make_room(self) -> bool:
        """Whether one more may be idle; one that was never used may go for it."""
        idle = self._idle()
        if len(idle) < self._live_max:
            return True
        unused = next((live for live in idle if live.turns == 0), None)
        if unused is None or not self._live_max:
            return False
        unused.close()
        return True

    def _trim(self) -> None:
        idle = self._idle()
        for live in idle[: max(0, len(idle) - self._live_max)]:
            live.close()
        self._changed.set()
