"""Notices when what an editor was told of a file's session is not true any more, because another
window or a terminal went on with it.

Of what happens in this process there are events. Of others there is only the store: it is asked
now and then whether anybody else has written, and only then what the sessions are like.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeAlias

import anyio

from claude_sidecar.errors import SidecarError
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.sessions.model import Session, SessionState
from claude_sidecar.sidecar import Sidecar

logger = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 2.0
_BUSY: Final = frozenset[SessionState]({"running", "requires_action"})
_Told: TypeAlias = tuple[str, SessionState, int, float] | None


class ToldSessions:
    """What was told of the sessions of open files.

    :param changed: called when it is not true any more.
    """

    def __init__(
        self, host: SidecarHost, documents: OpenDocuments, changed: Callable[[], None]
    ) -> None:
        self._host = host
        self._documents = documents
        self._changed = changed
        self._told: dict[str, _Told] = {}
        self._seen: int | None = None

    def put(self, path: str, session: Session | None) -> None:
        """The editor has been told of a file's session, or that it has none."""
        self._told[path] = _told(session)

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await anyio.sleep(_LOOK_SECONDS)
            sidecar = self._host.current
            if sidecar is None or not self._told:
                continue
            try:
                await self._look(sidecar)
            except SidecarError as error:  # whoever asks for something is told
                logger.debug("The sessions of open files could not be looked at: %s", error)

    async def _look(self, sidecar: Sidecar) -> None:
        for path in self._told.keys() - set(self._documents.paths):
            del self._told[path]
        seen, self._seen = self._seen, await sidecar.store.foreign_changes()
        # A process that dies writes no end, and what waits for the user is not written at all.
        busy = any(told is not None and told[1] in _BUSY for told in self._told.values())
        if self._seen == seen and not busy:
            return
        for path, told in tuple(self._told.items()):
            session = await sidecar.sessions.current(sidecar.workspaces.key_of_file(path))
            if _told(session) != told:
                self._told[path] = _told(session)
                self._changed()


def _told(session: Session | None) -> _Told:
    """What is to be seen of it."""
    return session and (session.id, session.state, session.turns, session.cost_usd)
