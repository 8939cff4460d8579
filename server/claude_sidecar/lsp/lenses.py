"""Code lenses at the top of a file that has a session: what is open, what it cost, how to go on.

What they say is looked up when they are resolved. A client that can is told to ask again when that
changes, here or in another window; many changes in a row are told once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, cast, get_args

import anyio
from lsprotocol import types
from typing_extensions import assert_never

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp import names
from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.told_sessions import ToldSessions
from claude_sidecar.sessions.events import SessionReplaced, TurnEnded, TurnStarted, Update
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sessions.model import JsonObject, Session, SessionState
from claude_sidecar.sidecar import Sidecar

_Lens: TypeAlias = Literal["findings", "session", "interrupted", "continue", "anew"]
_LENSES: tuple[_Lens, ...] = get_args(_Lens)
_STATES: Final[Mapping[SessionState, tuple[str, ...]]] = {
    "idle": (),
    "running": ("running",),
    "requires_action": ("waits for you",),
    "interrupted": ("interrupted",),
}
_TOP: Final = types.Range(types.Position(0, 0), types.Position(0, 0))
_TOGETHER_SECONDS: Final = 0.2
"""Changes within it are told together."""


class CodeLenses:
    """What one client is shown at the top of a file."""

    def __init__(
        self,
        client: Client,
        host: SidecarHost,
        documents: OpenDocuments,
        diagnostics: Diagnostics,
    ) -> None:
        self._client = client
        self._host = host
        self._documents = documents
        self._diagnostics = diagnostics
        self._told = ToldSessions(host, documents, self.changed)
        self._stale = anyio.Event()

    async def lenses(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        """`textDocument/codeLens`."""
        uri = params.text_document.uri
        sidecar = self._host.current
        session = None if sidecar is None else await self._session(sidecar, uri)
        if session is None:
            return []
        hidden = {"interrupted"} if session.state != "interrupted" else set[str]()
        return [
            types.CodeLens(_TOP, data={"lens": each, "uri": uri})
            for each in _LENSES
            if each not in hidden
        ]

    async def resolve(self, lens: types.CodeLens) -> types.CodeLens:
        """`codeLens/resolve`: adds what it says and does."""
        data: Any = lens.data
        given: Mapping[str, Any] = cast(Any, data) if isinstance(data, Mapping) else {}
        uri = given.get("uri")
        kind: _Lens | None = next((each for each in _LENSES if each == given.get("lens")), None)
        sidecar = self._host.current
        if sidecar is not None and isinstance(uri, str) and kind is not None:
            session = await self._session(sidecar, uri)
            if session is not None:
                lens.command = await self._command(sidecar, kind, uri, session)
        return lens

    def changed(self, path: str | None = None) -> None:
        """What lenses say may be another; of a file, where it is given."""
        if path is None or self._documents.at(path) is not None:
            self._stale.set()

    def take(self, update: Update) -> None:
        """A subscriber of the event bus."""
        if isinstance(update.event, TurnStarted | TurnEnded | SessionReplaced):
            self.changed()

    async def run(self) -> None:
        """Have them asked for again when they change, until cancelled."""
        if self._client.refreshes_lenses:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._told.run)
                tasks.start_soon(self._refresh)

    async def _refresh(self) -> None:
        while True:
            await self._stale.wait()
            await anyio.sleep(_TOGETHER_SECONDS)
            self._stale = anyio.Event()
            await self._client.succeeds(
                types.WORKSPACE_CODE_LENS_REFRESH, None, seconds=QUICK_SECONDS
            )

    async def _session(self, sidecar: Sidecar, uri: str) -> Session | None:
        try:
            path = path_from_uri(uri)
        except InvalidRequest:
            return None
        session = await sidecar.sessions.current(sidecar.workspaces.key_of_file(path))
        self._told.put(path, session)
        return session

    async def _command(
        self, sidecar: Sidecar, kind: _Lens, uri: str, session: Session
    ) -> types.Command:
        place: JsonObject = {"uri": uri}
        match kind:
            case "findings":
                found = await sidecar.findings.of_file(path_from_uri(uri))
                count = sum(1 for each in found if self._diagnostics.is_shown(each))
                title = f"{count or 'No'} open finding{'' if count == 1 else 's'}"
                return types.Command(
                    title, names.FINDING_LIST, arguments=[place | {"state": "open"}]
                )
            case "session":
                argument = {"sessionId": session.id}
                return types.Command(_summary(session), names.SESSION_HISTORY, arguments=[argument])
            case "continue" if self._client.session_updates:
                return types.Command("Continue", names.CLIENT_ASK, arguments=[place])
            case "interrupted":
                arguments = [{"sessionId": session.id}]
                return types.Command(
                    "Continue what was interrupted", names.TURN_CONTINUE, arguments=arguments
                )
            case "continue":
                return types.Command("Review again", names.REVIEW, arguments=[place])
            case "anew":
                return types.Command("Start anew", names.SESSION_NEW, arguments=[place])
            case _:
                assert_never(kind)


def _summary(session: Session) -> str:
    """What it cost and how old it is."""
    turns = f"{session.turns} turn{'' if session.turns == 1 else 's'}"
    parts = [f"${session.cost_usd:.2f}", turns, age(time.time() - session.created_at)]
    return " · ".join([*parts, *_STATES[session.state]])


def age(seconds: float) -> str:
    """How long ago, in the largest unit.

    >>> age(7300)
    '2 hours old'
    """
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(max(0.0, seconds) // length)  # the clock may have gone back
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} old"
    return "new"
