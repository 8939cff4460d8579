"""What a Claude Code process does in the background: agents and commands that outlive their turn.

They are off unless the user's environment turns them on (see `options`). Claude Code tells the whole
list whenever it changes.
"""

from __future__ import annotations

from typing import Any, cast

import anyio
from claude_agent_sdk import Message, SystemMessage

from claude_sidecar.sessions.ports import BackgroundTask


class Background:
    """The background tasks of one process, as it last told."""

    def __init__(self) -> None:
        self._tasks: dict[str, BackgroundTask] = {}
        self._changed = anyio.Event()

    @property
    def tasks(self) -> tuple[BackgroundTask, ...]:
        """Those that run."""
        return tuple(self._tasks.values())

    def take(self, message: Message) -> None:
        """A message came, whatever it is about."""
        if isinstance(message, SystemMessage) and message.subtype == "background_tasks_changed":
            listed: list[Any] = message.data.get("tasks") or []
            told = [cast("dict[str, Any]", each) for each in listed if isinstance(each, dict)]
            self._set({str(each.get("task_id")): each for each in told})

    def ended(self) -> None:
        """The process is gone, and they with it."""
        self._set({})

    async def gone(self, task_ids: frozenset[str]) -> None:
        """Wait until none of these runs."""
        while task_ids & self._tasks.keys():
            await self._changed.wait()

    def _set(self, told: dict[str, dict[str, Any]]) -> None:
        self._tasks = {
            task_id: BackgroundTask(task_id, str(each.get("description") or ""))
            for task_id, each in told.items()
        }
        self._changed.set()
        self._changed = anyio.Event()
