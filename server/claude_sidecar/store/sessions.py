"""Sessions: which there are, which one each key continues, and how they are listed.

What can be counted is counted when it is asked for, by index, so that no counter can be wrong.
Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from claude_sidecar.errors import StoreError, UnknownId
from claude_sidecar.sessions.model import ContextSize, Key, Session
from claude_sidecar.store import transcripts
from claude_sidecar.store.connection import Connection

_COLUMNS = """
    s.*,
    (SELECT count(*) FROM turns t WHERE t.session = s.number) AS turns,
    (SELECT total(p.cost_usd) FROM spending p WHERE p.session_id = s.id) AS cost_usd,
    (SELECT count(*) FROM findings f WHERE f.session_id = s.id AND f.state = 'open')
        AS open_findings,
    EXISTS (SELECT 1 FROM turns t WHERE t.session = s.number AND t.status = 'running'
            AND t.status IN ('queued', 'running')) AS running
"""

_MOMENT = 1e-5
"""A difference in seconds that a float can tell for times of this century and the next."""


def add(connection: Connection, session: Session) -> None:
    """Record a new one.

    :raises StoreError: if there is one of that id.
    """
    if session.current:
        _leave_none_current(connection, session.key)
    try:
        connection.execute(
            "INSERT INTO sessions (id, workspace, file, title, created_at, updated_at, current,"
            " billed_usd, model, begun, interrupted, forked_from, fork_turn, recovered_from,"
            " context_used, context_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                session.id,
                session.key.workspace,
                session.key.file,
                session.title,
                session.created_at,
                session.updated_at,
                session.current,
                session.billed_usd,
                session.model,
                session.begun,
                session.state == "interrupted",
                session.forked_from,
                session.fork_turn,
                session.recovered_from,
                session.context.used_tokens,
                session.context.max_tokens,
            ),
        )
    except sqlite3.IntegrityError as error:
        raise StoreError(f"Session {session.id} is in the store already.") from error


def get(connection: Connection, session_id: str) -> Session | None:
    """One session."""
    return _one(connection, "s.id = ?", session_id)


def by_number(connection: Connection, numbers: Sequence[int]) -> tuple[Session, ...]:
    """Several, in the order given, by the store's own numbers of them."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) given JOIN sessions s ON s.number = given.value"  # noqa: S608 - the store's own names
        " ORDER BY given.key",
        (json.dumps(numbers),),
    )
    return tuple(_session(row) for row in rows)


def current(connection: Connection, key: Key) -> Session | None:
    """The session that the key continues."""
    return _one(
        connection, "s.workspace = ? AND s.file IS ? AND s.current", key.workspace, key.file
    )


def make_current(connection: Connection, session_id: str) -> None:
    """Have its key continue it.

    :raises UnknownId: if there is none of that id.
    """
    session = get(connection, session_id)
    if session is None:
        raise UnknownId("session", session_id, field="sessionId")
    _leave_none_current(connection, session.key)
    connection.execute("UPDATE sessions SET current = 1 WHERE id = ?", (session_id,))


def update(connection: Connection, session_id: str, changes: Mapping[str, Any]) -> None:
    """Set the columns named; those whose value is None stay as they are."""
    given = {column: value for column, value in changes.items() if value is not None}
    if "title" in given:
        given["unindexed"] = True
    for column, value in given.items():
        connection.execute(f"UPDATE sessions SET {column} = ? WHERE id = ?", (value, session_id))  # noqa: S608 - the store's own names


def after_last_use(connection: Connection, *, now: float) -> float:
    """`now`, or the moment after the last use of any, where that is later."""
    (last,) = connection.execute("SELECT max(updated_at) FROM sessions").fetchone()
    return now if last is None or last < now else last + _MOMENT


def delete(connection: Connection, session_id: str) -> bool:
    """Delete it, and by the schema's cascades all that belongs to it. Its id is kept: Claude Code
    still has its transcript, and it must not come back as one that was made elsewhere.
    """
    transcripts.delete_of_session(connection, session_id)
    connection.execute("INSERT OR IGNORE INTO deleted_sessions (id) VALUES (?)", (session_id,))
    return connection.execute("DELETE FROM sessions WHERE id = ?", (session_id,)).rowcount > 0


def move(connection: Connection, moves: Mapping[Key, Key]) -> None:
    """Give sessions the keys that their files have now; what lies in a moved folder goes along.

    Where two current sessions meet in one key, the one used last stays current.
    """
    moved: list[tuple[int, Key]] = []
    for old, new in sorted(moves.items(), key=lambda move: len(move[0].path)):
        rows = connection.execute(
            "SELECT number, file FROM sessions WHERE workspace = :workspace AND (:file IS NULL"
            " OR file = :file OR substr(file, 1, length(:file) + 1) = :file || '/')",
            {"workspace": old.workspace, "file": old.file},
        ).fetchall()
        moved += [(row["number"], moved_key(row["file"], old, new)) for row in rows]
    were_current = {
        number
        for number, _ in moved
        if connection.execute(
            "UPDATE sessions SET current = 0 WHERE number = ? AND current", (number,)
        ).rowcount
    }
    for number, key in moved:
        connection.execute(
            "UPDATE sessions SET workspace = ?, file = ? WHERE number = ?",
            (key.workspace, key.file, number),
        )
        if number in were_current:
            _make_current_if_newer(connection, number, key)


def moved_key(file: str | None, old: Key, new: Key) -> Key:
    """What becomes of a file's key when `old`, which is it or holds it, becomes `new`."""
    inside = file if old.file is None else (file or "")[len(old.file) + 1 :]
    return Key(new.workspace, "/".join(part for part in (new.file, inside) if part) or None)


def _make_current_if_newer(connection: Connection, number: int, key: Key) -> None:
    newer = connection.execute(
        "SELECT 1 FROM sessions there JOIN sessions here ON here.number = ?"
        " WHERE there.workspace = ? AND there.file IS ? AND there.current"
        " AND (there.updated_at, there.id) > (here.updated_at, here.id)",
        (number, key.workspace, key.file),
    ).fetchone()
    if newer is None:
        _leave_none_current(connection, key)
        connection.execute("UPDATE sessions SET current = 1 WHERE number = ?", (number,))


def _leave_none_current(connection: Connection, key: Key) -> None:
    connection.execute(
        "UPDATE sessions SET current = 0 WHERE workspace = ? AND file IS ? AND current",
        (key.workspace, key.file),
    )


def _one(connection: Connection, condition: str, *values: Any) -> Session | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM sessions s WHERE {condition}",  # noqa: S608 - the store's own names
        values,
    ).fetchone()
    return None if row is None else _session(row)


def _session(row: sqlite3.Row) -> Session:
    return Session(
        id=row["id"],
        key=Key(row["workspace"], row["file"]),
        title=row["title"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        current=bool(row["current"]),
        turns=row["turns"],
        cost_usd=row["cost_usd"],
        billed_usd=row["billed_usd"],
        model=row["model"],
        state="running" if row["running"] else "interrupted" if row["interrupted"] else "idle",
        begun=bool(row["begun"]),
        forked_from=row["forked_from"],
        fork_turn=row["fork_turn"],
        recovered_from=row["recovered_from"],
        elsewhere=bool(row["elsewhere"]),
        open_findings=row["open_findings"],
        context=ContextSize(row["context_used"], row["context_max"]),
        notice=row["notice"],
    )
