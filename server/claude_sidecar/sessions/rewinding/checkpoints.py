"""Checkpoints: what files were before Claude changed them, so that a turn can be taken back.

They are our own and not Claude Code's, which only its running process can restore, and which know
nothing of an editor's buffers. What a file was is in the store before the change is made, so that
a crash costs nothing; what became of it is added when the change is done, which tells Claude's
changes from the user's.

Whoever changes files for Claude, an own tool or a step that is carried out, says so::

    async with checkpoints.changing(turn_id, [path], in_editor=True):
        ...  # change them

The first state in a turn counts. Since each step of several is a turn of its own, a session can
be rewound to before any of them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.ports import Checkpoint, CheckpointRecords, Editor, FileState
from claude_sidecar.sessions.rewinding import states

logger = logging.getLogger(__name__)

_SETTLE_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class Change:
    """A change under way: of files, in a turn.

    :param in_editor: it is made through the editor, and not on the disk. It goes before one on the
        disk of the same file: what a tool was to do, the editor does.
    """

    turn_id: str
    paths: tuple[str, ...]
    in_editor: bool = False


class Checkpoints:
    """Takes checkpoints of what turns change."""

    def __init__(self, store: CheckpointRecords, editor: Editor) -> None:
        self._store = store
        self._editor = editor
        self._under_way: list[Change] = []

    @asynccontextmanager
    async def changing(
        self, turn_id: str, paths: Sequence[str], *, in_editor: bool = False
    ) -> AsyncGenerator[None]:
        """Files are changed inside the `async with` block.

        :param paths: canonical ones.
        :param in_editor: through the editor, whose open buffers are what counts then.
        """
        change = await self.begin(Change(turn_id, tuple(paths), in_editor))
        try:
            yield
        finally:
            await self.finish(change)

    async def begin(self, change: Change, *, again: Change | None = None) -> Change:
        """Files are about to be changed; :meth:`finish` must follow.

        :param again: what was announced for the same change before: the user was asked meanwhile,
            and files may be others now.
        """
        if again is not None and again in self._under_way:
            self._under_way.remove(again)
        others = [each for each in self._under_way if each.turn_id == change.turn_id]
        replace = again is not None
        if change.in_editor:
            for other in others:
                if not other.in_editor:
                    other.paths = tuple(each for each in other.paths if each not in change.paths)
                    replace = True
        elsewhere = {path for other in others for path in other.paths}
        self._under_way.append(change)
        paths = [path for path in change.paths if path not in elsewhere]
        found = await self._states(paths, in_editor=change.in_editor)
        if found:
            checkpoints = [Checkpoint(change.turn_id, path, state) for path, state in found]
            await self._store.save_checkpoints(checkpoints, replace=replace)
        return change

    async def finish(self, change: Change) -> None:
        """The change was made, or was not. What cannot be recorded is logged."""
        if change not in self._under_way:
            return
        self._under_way.remove(change)
        with anyio.CancelScope(shield=True), anyio.move_on_after(_SETTLE_SECONDS):
            try:
                found = await self._states(change.paths, in_editor=change.in_editor)
                after = {path: state.fingerprint for path, state in found}
                await self._store.settle_checkpoints(change.turn_id, after)
            except StoreError:
                logger.exception("What turn %s changed could not be recorded", change.turn_id)

    async def _states(
        self, paths: Sequence[str], *, in_editor: bool
    ) -> list[tuple[str, FileState]]:
        found: list[tuple[str, FileState]] = []
        rest: list[str] = []
        for path in paths:
            document = self._editor.document(path) if in_editor else None
            if document is None:
                rest.append(path)
            else:
                found.append((path, states.in_buffer(document)))
        if rest:
            read = await anyio.to_thread.run_sync(lambda: [states.on_disk(path) for path in rest])
            found += zip(rest, read, strict=True)
        return found
