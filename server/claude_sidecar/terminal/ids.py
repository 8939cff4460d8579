"""Naming a session on the command line: its id, or as much of it as tells it from the others."""

from __future__ import annotations

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.sessions.model import SessionQuery
from claude_sidecar.terminal.engine import Engine

WHOLE_ID = 36
SHORT_ID = 8
_PAGE = 500


def full_id(engine: Engine, beginning: str) -> str:
    """The id of the session whose id begins so.

    :raises UnknownId: if there is none.
    :raises InvalidRequest: if there are several.
    """
    if len(beginning) >= WHOLE_ID:
        return beginning
    found: list[str] = []
    query = SessionQuery(limit=_PAGE)
    while beginning:
        page = engine.call(engine.sidecar.sessions.list, query)
        found += [each.id for each in page.sessions if each.id.startswith(beginning.lower())]
        if page.next_cursor is None:
            break
        query = SessionQuery(limit=_PAGE, cursor=page.next_cursor)
    if not found:
        raise UnknownId("session", beginning, field="sessionId")
    if len(found) > 1:
        raise InvalidRequest(
            f"Session {beginning!r} is not the only one that begins so: {', '.join(found[:5])}.",
            field="sessionId",
        )
    return found[0]
