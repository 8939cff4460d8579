"""Naming a session, a turn or a finding: its id, or as much of it as tells it from the others."""

from __future__ import annotations

from collections.abc import Iterable

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.sessions.model import FindingQuery, SessionQuery
from claude_sidecar.terminal.engine import Engine

WHOLE_ID = 36
SHORT_ID = 8
_PAGE = 500


def full_session_id(engine: Engine, beginning: str) -> str:
    """The id of the session whose id begins so.

    :raises UnknownId: if there is none.
    :raises InvalidRequest: if there are several.
    """
    if len(beginning) >= WHOLE_ID:
        return beginning
    ids: list[str] = []
    query = SessionQuery(limit=_PAGE)
    while beginning:
        page = engine.call(engine.sidecar.sessions.list, query)
        ids += [each.id for each in page.sessions]
        if page.next_cursor is None:
            break
        query = SessionQuery(limit=_PAGE, cursor=page.next_cursor)
    return _only("session", beginning, ids)


def full_turn_id(engine: Engine, session_id: str, named: str) -> str:
    """The id of a session's turn, by the beginning of it, or by its number, counted from 1.

    :raises UnknownId: if there is none.
    :raises InvalidRequest: if there are several.
    """
    _, turns = engine.call(engine.sidecar.sessions.history, session_id=session_id)
    if named.isdecimal() and 1 <= int(named) <= len(turns):
        return turns[int(named) - 1].id
    return _only("turn", named, [each.id for each in turns])


def full_finding_id(engine: Engine, beginning: str) -> str:
    """The id of the finding whose id begins so.

    :raises UnknownId: if there is none.
    :raises InvalidRequest: if there are several.
    """
    if len(beginning) >= WHOLE_ID:
        return beginning
    found = engine.call(engine.sidecar.findings.list, FindingQuery()) if beginning else ()
    return _only("finding", beginning, [each.id for each in found])


def full_rule_id(engine: Engine, beginning: str) -> str:
    """The id of the kept rule whose id begins so.

    :raises UnknownId: if there is none.
    :raises InvalidRequest: if there are several.
    """
    rules = engine.call(engine.sidecar.rules.list) if beginning else ()
    return _only("rule", beginning, [each.id for each in rules])


def _only(what: str, beginning: str, ids: Iterable[str]) -> str:
    found = [each for each in ids if each.startswith(beginning.lower())]
    if not found:
        raise UnknownId(what, beginning, field=f"{what}Id")
    if len(found) > 1:
        raise InvalidRequest(
            f"{what.capitalize()} {beginning!r} is not the only one that begins so: "
            f"{', '.join(found[:5])}.",
            field=f"{what}Id",
        )
    return found[0]
