"""Commands about sessions: `session.*`."""

from __future__ import annotations

import re
from pathlib import Path

import anyio.to_thread

from claude_sidecar.errors import InvalidRequest, TurnFailure
from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.lenses import CodeLenses
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.readable import sessions_text
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.wire import sessions as wire
from claude_sidecar.lsp.wire.place import LAST_DOCUMENT
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import JsonObject, Session, SessionQuery, Turn
from claude_sidecar.sessions.shapes.export import FILE_SUFFIXES, ExportFormat, exported
from claude_sidecar.sessions.shapes.sessions import session_shape, terminal_command_shape
from claude_sidecar.sessions.shapes.turns import turn_shape


class SessionCommands:
    """Lists, shows and changes sessions."""

    def __init__(
        self, places: Places, replies: Replies, diagnostics: Diagnostics, lenses: CodeLenses
    ) -> None:
        self._places = places
        self._replies = replies
        self._diagnostics = diagnostics
        self._lenses = lenses

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.SESSION_NEW, wire.SessionNewArguments, self.new),
            Command(names.SESSION_LIST, wire.SessionListArguments, self.list),
            Command(names.SESSION_RESUME, wire.SessionResumeArguments, self.resume),
            Command(names.SESSION_HISTORY, wire.SessionHistoryArguments, self.history),
            Command(names.SESSION_RENAME, wire.SessionRenameArguments, self.rename),
            Command(names.SESSION_DELETE, wire.SessionDeleteArguments, self.delete),
            Command(names.SESSION_HANDOVER, wire.SessionHandoverArguments, self.handover),
            Command(names.SESSION_EXPORT, wire.SessionExportArguments, self.export),
        ]  # pyright: ignore[reportReturnType]

    async def new(self, call: Call, arguments: wire.SessionNewArguments) -> JsonObject:
        """`session.new`."""
        key = self._places.key_or_workspace(arguments.uri)
        session = await call.sidecar.sessions.new(key)
        self._lenses.changed()
        self._replies.note(f"A new session for {key.file or key.workspace}.")
        return session_shape(session)

    async def list(self, call: Call, arguments: wire.SessionListArguments) -> JsonObject:
        """`session.list`."""
        query = SessionQuery(
            workspace=self._places.workspace(arguments.workspace),
            key=self._places.filter_key(arguments.uri),
            text=arguments.query,
            limit=arguments.limit,
            cursor=arguments.cursor,
        )
        page = await call.sidecar.sessions.list(query)
        await self._replies.document("Sessions", sessions_text(page))
        result: JsonObject = {"sessions": [session_shape(each) for each in page.sessions]}
        if page.next_cursor is not None:
            result["nextCursor"] = page.next_cursor
        return result

    async def resume(self, call: Call, arguments: wire.SessionResumeArguments) -> JsonObject:
        """`session.resume`."""
        session, turns = await call.sidecar.sessions.resume(
            arguments.session_id, key=self._places.filter_key(arguments.uri)
        )
        self._lenses.changed()
        return await self._history(session, turns)

    async def history(self, call: Call, arguments: wire.SessionHistoryArguments) -> JsonObject:
        """`session.history`."""
        session_id = arguments.session_id
        key = self._places.key_or_workspace(arguments.uri) if session_id is None else None
        session, turns = await call.sidecar.sessions.history(session_id=session_id, key=key)
        return await self._history(session, turns)

    async def rename(self, call: Call, arguments: wire.SessionRenameArguments) -> JsonObject:
        """`session.rename`."""
        session = await call.sidecar.sessions.rename(arguments.session_id, arguments.title)
        self._replies.note(f"The session is called {session.title!r} now.")
        return session_shape(session)

    async def delete(self, call: Call, arguments: wire.SessionDeleteArguments) -> JsonObject:
        """`session.delete`."""
        await call.sidecar.sessions.delete(arguments.session_id)
        self._diagnostics.publish_all()
        self._lenses.changed()
        self._replies.note("The session was deleted.")
        return {"deleted": True}

    async def handover(self, call: Call, arguments: wire.SessionHandoverArguments) -> JsonObject:
        """`session.handover`."""
        session_id = arguments.session_id or await self._current(call)
        command = await call.sidecar.sessions.hand_over(session_id)
        shape = terminal_command_shape(session_id, command)
        self._replies.note(f"To go on in a terminal, in {command.cwd}: {shape['command']}")
        return shape

    async def export(self, call: Call, arguments: wire.SessionExportArguments) -> JsonObject:
        """`session.export`."""
        sessions = call.sidecar.sessions
        session_id = arguments.session_id or await self._current(call)
        session = await sessions.get(session_id)
        text = await sessions.export(session_id, arguments.format)
        path = await anyio.to_thread.run_sync(_write_export, session, arguments.format, text)
        await self._replies.file(path)
        return {"uri": uri_from_path(path)}

    async def _current(self, call: Call) -> str:
        """The session of the document worked in.

        :raises InvalidRequest: if it has none.
        """
        key = self._places.key_or_workspace(LAST_DOCUMENT)
        current = await call.sidecar.sessions.current(key)
        if current is None:
            raise InvalidRequest(
                f"There is no session for {key.file or key.workspace} yet.", field="sessionId"
            )
        return current.id

    async def _history(self, session: Session, turns: tuple[Turn, ...]) -> JsonObject:
        text = exported(session, turns, (), "markdown")
        await self._replies.document(f"Session {session.id[:8]}", text)
        return {"session": session_shape(session), "turns": [turn_shape(each) for each in turns]}


def _write_export(session: Session, export_format: ExportFormat, text: str) -> str:
    """The path of the file.

    :raises TurnFailure: if it cannot be written.
    """
    from platformdirs import user_data_path

    folder = user_data_path("claude-sidecar", appauthor=False) / "exports"
    title = re.sub(r"[^\w-]+", "-", session.title).strip("-")[:60]
    path = Path(folder, f"{title or 'session'}-{session.id[:8]}{FILE_SUFFIXES[export_format]}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise TurnFailure(
            "internal",
            f"{path} cannot be written: {error.strerror}.",
            hint="Make room, or make the folder writable.",
            retryable=True,
        ) from error
    return path.as_posix()
