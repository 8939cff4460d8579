"""Writes what happens in a turn to the store, while it happens.

Events must not wait for a disk, so they are queued here and written by a task of the turn's own.
What comes within a moment goes out together, so that a fast stream costs twenty writes a second and
not hundreds, and that nothing is written just when the first words are on their way to the user.
That Claude has begun a session is written at once: how one goes on in it depends on that.
"""

from __future__ import annotations

import logging
import time

import anyio

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.costs.spending import Spending, Tally
from claude_sidecar.sessions.model import ToolCall
from claude_sidecar.sessions.ports import News, Store

logger = logging.getLogger(__name__)

_WRITE_SECONDS = 10.0
_GATHER_SECONDS = 0.05
"""From an event to its write: as much of a reply as a crash can cost."""


class TurnJournal:
    """The journal of one turn that is running."""

    def __init__(self, store: Store, session_id: str, turn_id: str) -> None:
        self._store = store
        self._session_id = session_id
        self._turn_id = turn_id
        self._text: list[str] = []
        self._calls: dict[str, ToolCall] = {}
        self._tally: Tally | None = None
        self._known = False
        self._begun = False
        self._wake = anyio.Event()
        self._now = anyio.Event()
        self._closed = False

    def belongs_to(self, session_id: str, *, begun: bool = False) -> None:
        """The turn is in this session, which has begun already, or has yet to."""
        self._session_id = session_id
        self._known = begun

    def session_begun(self) -> None:
        """Claude has a transcript of the session from here on."""
        if not self._known:
            self._begun = True
            self._wake.set()
            self._now.set()

    def text(self, text: str) -> None:
        """Claude said more."""
        self._text.append(text)
        self._wake.set()

    def tool_call(self, call: ToolCall) -> None:
        """A tool call began, or its state is another."""
        self._calls[call.id] = call
        self._wake.set()

    def spent(self, tally: Tally) -> None:
        """More was spent."""
        self._tally = tally
        self._wake.set()

    def close(self) -> None:
        """Nothing more comes; `write` ends once all is written."""
        self._closed = True
        self._wake.set()
        self._now.set()

    async def write(self) -> None:
        """Write until closed. Run it as a task beside the turn."""
        while not self._closed:
            await self._wake.wait()
            with anyio.move_on_after(_GATHER_SECONDS):
                await self._now.wait()
            self._wake, self._now = anyio.Event(), anyio.Event()
            await self.flush()

    async def flush(self) -> None:
        """Write what is queued. A store that fails is logged; it keeps what it was given.

        A turn that is cut off does not cut this off: what was taken from the queue is written.
        """
        news = self._news()
        if news == News():
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(_WRITE_SECONDS):
            try:
                await self._store.note(self._turn_id, news)
            except StoreError:
                logger.exception("The journal of turn %s could not be written", self._turn_id)

    def _news(self) -> News:
        """All that is queued, taken out of the queue."""
        tally = self._tally
        news = News(
            "".join(self._text),
            tuple(self._calls.values()),
            self._session_id if self._begun else None,
            None
            if tally is None
            else Spending(self._turn_id, self._session_id, time.time(), tally),
        )
        self._text, self._calls, self._begun, self._tally = [], {}, False, None
        return news
