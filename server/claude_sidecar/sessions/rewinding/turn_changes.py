"""What one turn changes with Claude Code's own tools: a checkpoint before each use of one."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import anyio.to_thread

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.ports import ToolUse
from claude_sidecar.sessions.rewinding.checkpoints import Change, Checkpoints
from claude_sidecar.sessions.rewinding.touched_files import touched_paths

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class TurnChanges:
    """The uses of tools in one turn that may change files and are not over."""

    checkpoints: Checkpoints
    workspace: str
    turn_id: str
    _open: dict[str, Change] = field(default_factory=dict[str, Change])

    async def let_through(self, use: ToolUse) -> None:
        """A tool is about to run: keep what it may change. A store that fails does not hold it up."""
        paths = await anyio.to_thread.run_sync(touched_paths, self.workspace, use)
        if not paths:
            return
        change = Change(self.turn_id, paths)
        again, self._open[use.id] = self._open.get(use.id), change
        try:
            await self.checkpoints.begin(change, again=again)
        except StoreError:
            logger.exception("Turn %s goes on without a checkpoint", self.turn_id)

    async def ended(self, tool_use_id: str) -> None:
        """A tool has run, or was refused."""
        change = self._open.pop(tool_use_id, None)
        if change is not None:
            await self.checkpoints.finish(change)

    async def close(self) -> None:
        """The turn is over: nothing runs any more."""
        for tool_use_id in tuple(self._open):
            await self.ended(tool_use_id)
