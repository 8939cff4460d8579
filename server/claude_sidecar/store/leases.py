"""Who writes in which session, and who waits for it: a line for each session.

`beats` counts signs of life, so that no two clocks must agree and none must go forward. Functions
of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence

from claude_sidecar.sessions.ports import Place
from claude_sidecar.store.connection import Connection


def join(
    connection: Connection, *, session_id: str, turn_id: str, owner: str, certain: bool
) -> Place | None:
    """Join the line where the turn is not in it; take the session if nobody is before it."""
    connection.execute(
        "INSERT INTO leases (session_id, turn_id, owner, process, certain) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (turn_id) DO NOTHING",
        (session_id, turn_id, owner, os.getpid(), certain),
    )
    before = before_turn(connection, turn_id)
    if before is None:
        connection.execute("UPDATE leases SET has_it = 1 WHERE turn_id = ?", (turn_id,))
    return before


def before_turn(connection: Connection, turn_id: str) -> Place | None:
    """Whom a turn waits for: whoever has the session, else who stands right at the front."""
    row = connection.execute(
        "SELECT other.* FROM leases own JOIN leases other ON other.session_id = own.session_id"
        " AND other.number <> own.number AND (other.has_it OR other.number < own.number)"
        " WHERE own.turn_id = ? ORDER BY other.has_it DESC, other.number LIMIT 1",
        (turn_id,),
    ).fetchone()
    return None if row is None else _place(row)


def holders(connection: Connection, session_id: str) -> dict[str, Place]:
    """Who is known to have a session, by owner."""
    rows = connection.execute("SELECT * FROM leases WHERE session_id = ? AND has_it", (session_id,))
    return {row["owner"]: _place(row) for row in rows}


def is_in_line(connection: Connection, turn_id: str) -> bool:
    """Whether the turn has a place."""
    row = connection.execute("SELECT 1 FROM leases WHERE turn_id = ?", (turn_id,)).fetchone()
    return row is not None


def leave(connection: Connection, turn_id: str) -> None:
    """Give up a place."""
    connection.execute("DELETE FROM leases WHERE turn_id = ?", (turn_id,))


def drop(connection: Connection, place: Place) -> str | None:
    """Take a place away, unless there was a sign of life since: its owner, if it is gone."""
    row = connection.execute(
        "SELECT owner FROM leases WHERE turn_id = ? AND beats = ?", (place.turn_id, place.beat)
    ).fetchone()
    if row is None:
        return None
    leave(connection, place.turn_id)
    return row["owner"]


def move(connection: Connection, turn_id: str, session_id: str) -> None:
    """Have another session instead."""
    connection.execute("UPDATE leases SET session_id = ? WHERE turn_id = ?", (session_id, turn_id))


def keep(connection: Connection, owner: str) -> frozenset[str]:
    """Give a sign of life: the turns that have a place."""
    connection.execute("UPDATE leases SET beats = beats + 1 WHERE owner = ?", (owner,))
    rows = connection.execute("SELECT turn_id FROM leases WHERE owner = ?", (owner,))
    return frozenset(turn_id for (turn_id,) in rows)


def owners(connection: Connection) -> set[str]:
    """Who has a place in any line."""
    return {owner for (owner,) in connection.execute("SELECT DISTINCT owner FROM leases")}


def forget_others(connection: Connection, owner: str) -> None:
    """In a copy that they do not see, what others have says nothing."""
    connection.execute("DELETE FROM leases WHERE owner <> ?", (owner,))


def settle(connection: Connection, *, dead: Sequence[str]) -> None:
    """Take the places of owners that are no more out of all lines."""
    for owner in dead:
        connection.execute("DELETE FROM leases WHERE owner = ?", (owner,))


def _place(row: sqlite3.Row) -> Place:
    return Place(
        turn_id=row["turn_id"],
        process=row["process"],
        beat=row["beats"],
        certain=bool(row["certain"]),
        has_it=bool(row["has_it"]),
    )
