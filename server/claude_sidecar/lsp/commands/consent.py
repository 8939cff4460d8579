"""Commands about the user's consent: `permission.*`, and `session.setMode`."""

from __future__ import annotations

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.readable import permissions_text
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.wire import consent as wire
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.shapes.consent import open_question_shape, rule_shape
from claude_sidecar.sessions.shapes.sessions import session_shape


class ConsentCommands:
    """Shows what was allowed for good and what is open, and takes it back."""

    def __init__(self, places: Places, replies: Replies) -> None:
        self._places = places
        self._replies = replies

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.SESSION_SET_MODE, wire.SessionSetModeArguments, self.set_mode),
            Command(names.PERMISSION_LIST, wire.PermissionListArguments, self.list),
            Command(names.PERMISSION_REVOKE, wire.PermissionRevokeArguments, self.revoke),
        ]  # pyright: ignore[reportReturnType]

    async def set_mode(self, call: Call, arguments: wire.SessionSetModeArguments) -> JsonObject:
        """`session.setMode`."""
        session_id = arguments.session_id
        if session_id is None:
            key = self._places.key_or_workspace(arguments.uri)
            current = await call.sidecar.sessions.current(key)
            if current is None:
                raise InvalidRequest(
                    f"There is no session for {key.file or key.workspace} yet.", field="uri"
                )
            session_id = current.id
        session = await call.sidecar.sessions.set_mode(session_id, arguments.mode)
        self._replies.note(f"The session is in the mode {session.mode} now.")
        return session_shape(session)

    async def list(self, call: Call, arguments: wire.PermissionListArguments) -> JsonObject:
        """`permission.list`."""
        workspace = self._places.workspace(arguments.workspace)
        session_id = arguments.session_id
        rules = [
            rule
            for rule in await call.sidecar.rules.list(workspace)
            if session_id is None or rule.session_id in {None, session_id}
        ]
        pending = await call.sidecar.store.open_questions(session_id)
        await self._replies.document("Permissions", permissions_text(rules, pending))
        return {
            "rules": [rule_shape(each) for each in rules],
            "pending": [open_question_shape(each) for each in pending],
        }

    async def revoke(self, call: Call, arguments: wire.PermissionRevokeArguments) -> JsonObject:
        """`permission.revoke`."""
        await call.sidecar.rules.revoke(arguments.rule_id)
        self._replies.note("The rule was taken back.")
        return {"revoked": True}
