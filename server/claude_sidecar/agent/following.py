"""Keeps the copy of a transcript up to date while a process writes it.

Claude Code has written an entry by the time it tells of it, so that each of its messages is a
reason to look. Several within a moment are one reason: the file is looked at when the moment has
passed, so that copying does not compete with what Claude Code does first with a prompt.
"""

from __future__ import annotations

import logging

import anyio

from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.errors import SessionNotResumable, StoreError

logger = logging.getLogger(__name__)

_GATHER_SECONDS = 0.5
"""From a reason to the look, so that a long turn is looked at twice a second at most."""
_ENDING_SECONDS = 0.05
"""From a turn's end to the look: whoever asked for it is answered meanwhile."""
_LAST_LOOK_SECONDS = 10.0


class Follower:
    """Follows the transcript of one process's session; without a copy it does nothing."""

    def __init__(self, copy: TranscriptCopy | None) -> None:
        self._copy = copy
        self._ours: set[str] = set()
        self._wake = anyio.Event()
        self._now = anyio.Event()

    def prompted(self, uuid: str) -> None:
        """A prompt of ours is about to be written."""
        self._ours.add(uuid)

    def look(self, *, at_once: bool = False) -> None:
        """There may be something new. `at_once`: nothing more comes for a while."""
        self._wake.set()
        if at_once:
            self._now.set()

    async def put_back(self, session_id: str) -> str | None:
        """Before the process is started: see `TranscriptCopy.put_back`.

        :raises SessionNotResumable: if the transcript is not whole and cannot be put back.
        """
        if self._copy is None:
            return None
        try:
            return await self._copy.put_back()
        except OSError as error:
            raise SessionNotResumable(
                session_id, f"its transcript cannot be put back: {error.strerror or error}"
            ) from error
        except StoreError:
            logger.exception("The copy of session %s's transcript cannot be read", session_id)
            return None

    async def follow(self) -> None:
        """Copy what is new, for ever."""
        while True:
            await self._wake.wait()
            with anyio.move_on_after(_GATHER_SECONDS):
                await self._now.wait()
                await anyio.sleep(_ENDING_SECONDS)
            self._wake, self._now = anyio.Event(), anyio.Event()
            await self._take_in()

    async def finish(self) -> None:
        """Copy what the process wrote at its end."""
        with anyio.CancelScope(shield=True), anyio.move_on_after(_LAST_LOOK_SECONDS):
            await self._take_in()

    async def _take_in(self) -> None:
        """A copy that cannot be made is made up for by the next."""
        if self._copy is None:
            return
        with anyio.CancelScope(shield=True):
            try:
                await self._copy.take_in(self._ours)
            except Exception:  # the edge of the loop: a copy is not worth a conversation
                logger.exception("A transcript could not be copied")
