"""Lists of sessions, the last used first: pages of them, of one place, with the words asked for.

A page is found by as few looks as can be. Where a word is rare, the sessions that have it are looked
up; where every word is common, sessions are looked through from the last used on until the page is
full. What a page costs so depends on its length, and hardly on how many sessions there are.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import Session, SessionPage, SessionQuery
from claude_sidecar.store import sessions
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.search import Word, all_with, asked_for, few_with, with_word

FEW = 1000
"""How many titles or turns with a word make it rare: they are looked up."""

_FIRST_BLOCK = 256
_LARGER = 4
_LARGEST_BLOCK = 1024
"""How many sessions are looked through at first, how many times as many next, and up to which."""

_ORDER = "ORDER BY s.updated_at DESC, s.id DESC"
_AMONG = "s.number IN (SELECT value FROM json_each(?))"
_PLACE = "(SELECT l.updated_at, l.id FROM sessions l WHERE l.number = ?)"


def page(connection: Connection, query: SessionQuery, *, full_text: bool) -> SessionPage:
    """A page of sessions.

    :raises InvalidRequest: if the cursor is not one of ours, or the limit is below 1.
    """
    if query.limit < 1:
        raise InvalidRequest("limit must be at least 1.", field="limit")
    scope = _scope(query)
    words = asked_for(query.text or "", full_text=full_text)
    found = _found(connection, scope, words, query.limit + 1)
    shown = sessions.by_number(connection, found[: query.limit])
    return SessionPage(shown, _cursor(shown[-1]) if len(found) > query.limit else None)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Conditions on `sessions s`, and their values."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def also(self, condition: str, *values: Any) -> _Scope:
        return _Scope((*self.conditions, condition), (*self.values, *values))

    def numbers(self, connection: Connection, limit: int = -1) -> list[int]:
        """The first sessions that fit, or all."""
        where = " AND ".join(("1", *self.conditions))
        rows = connection.execute(
            f"SELECT s.number FROM sessions s WHERE {where} {_ORDER} LIMIT ?",  # noqa: S608 - the store's own names
            (*self.values, limit),
        )
        return [number for (number,) in rows]


def _scope(query: SessionQuery) -> _Scope:
    scope = _Scope()
    if query.workspace is not None:
        scope = scope.also("s.workspace = ?", query.workspace)
    if query.key is not None:
        scope = scope.also("s.workspace = ? AND s.file IS ?", query.key.workspace, query.key.file)
    if query.cursor is not None:
        scope = scope.also("(s.updated_at, s.id) < (?, ?)", *_position(query.cursor))
    return scope


def _found(connection: Connection, scope: _Scope, words: Sequence[Word], limit: int) -> list[int]:
    """The numbers of the first sessions that fit and have all words, in order."""
    if not words:
        return scope.numbers(connection, limit)
    found: list[int] = []
    for block, unsure in _blocks(connection, scope, words):
        having = set(block)
        for word in unsure:
            having = with_word(connection, word, sorted(having))
        found += (number for number in block if number in having)
        if len(found) >= limit:
            break
    return found[:limit]


def _blocks(
    connection: Connection, scope: _Scope, words: Sequence[Word]
) -> Iterator[tuple[list[int], Sequence[Word]]]:
    """Sessions in order, as many as may be needed, and the words that they have yet to be seen to
    have.
    """
    indexed = [word for word in words if word.match is not None]
    for word in indexed:
        if (having := few_with(connection, word, FEW)) is not None:
            yield scope.also(_AMONG, json.dumps(sorted(having))).numbers(connection), words
            return
    size = _FIRST_BLOCK
    while block := scope.numbers(connection, size):
        yield block, words
        if len(block) < size:
            return
        scope = scope.also(f"(s.updated_at, s.id) < {_PLACE}", block[-1])
        size *= _LARGER
        if indexed and size > _LARGEST_BLOCK:  # each is common, but not all in one session
            having = all_with(connection, indexed[0])
            for word in indexed[1:]:
                having &= all_with(connection, word)
            rest = [word for word in words if word.match is None]
            yield scope.also(_AMONG, json.dumps(sorted(having))).numbers(connection), rest
            return


def _cursor(last: Session) -> str:
    position = json.dumps([last.updated_at, last.id])
    return base64.urlsafe_b64encode(position.encode()).decode()


def _position(cursor: str) -> list[float | str]:
    try:
        match json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)):
            case [float() | int() as updated_at, str(session_id)] if math.isfinite(updated_at):
                return [float(updated_at), session_id]
            case _:
                pass
    except (ValueError, RecursionError, OverflowError):
        pass
    raise InvalidRequest("cursor is not one that a list of sessions gave.", field="cursor")
