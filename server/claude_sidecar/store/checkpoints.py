"""Checkpoints: files as they were before turns changed them.

Contents are compressed. Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence

from claude_sidecar.sessions.ports import Checkpoint, FileState
from claude_sidecar.store.connection import Connection


def save(connection: Connection, checkpoints: Sequence[Checkpoint], *, replace: bool) -> None:
    """Record them.

    :param replace: in the place of those that are not settled.
    """
    conflict = (
        "DO UPDATE SET content = excluded.content, mode = excluded.mode,"
        " fingerprint = excluded.fingerprint, unkept = excluded.unkept WHERE after IS NULL"
        if replace
        else "DO NOTHING"
    )
    for checkpoint in checkpoints:
        before = checkpoint.before
        connection.execute(
            "INSERT INTO checkpoints (turn, path, content, mode, fingerprint, unkept, after)"  # noqa: S608 - one of the two above
            " SELECT number, ?, ?, ?, ?, ?, ? FROM turns WHERE id = ?"
            f" ON CONFLICT (turn, path) {conflict}",
            (
                checkpoint.path,
                None if before.content is None else zlib.compress(before.content),
                before.mode,
                before.fingerprint,
                before.unkept,
                checkpoint.after,
                checkpoint.turn_id,
            ),
        )


def settle(connection: Connection, turn_id: str, after: Mapping[str, str]) -> None:
    """Record what became of files, and forget those that are what they were."""
    which = "turn = (SELECT number FROM turns WHERE id = ?) AND path = ?"
    for path, fingerprint in after.items():
        connection.execute(
            f"DELETE FROM checkpoints WHERE {which} AND fingerprint = ?",  # noqa: S608 - the line above
            (turn_id, path, fingerprint),
        )
        connection.execute(
            f"UPDATE checkpoints SET after = ? WHERE {which}",  # noqa: S608 - the line above
            (fingerprint, turn_id, path),
        )


def since(connection: Connection, turn_id: str) -> tuple[Checkpoint, ...]:
    """Those of a turn and of the later ones of its conversation."""
    rows = connection.execute(
        "WITH RECURSIVE line (number, id) AS ("
        " SELECT s.number, s.id FROM sessions s JOIN turns t ON t.session = s.number"
        "  WHERE t.id = :turn"
        " UNION SELECT s.number, s.id FROM sessions s JOIN line ON s.recovered_from = line.id)"
        " SELECT c.*, t.id AS turn_id FROM checkpoints c JOIN turns t ON t.number = c.turn"
        " WHERE t.session IN (SELECT number FROM line)"
        " AND t.number >= (SELECT number FROM turns WHERE id = :turn) ORDER BY t.number, c.number",
        {"turn": turn_id},
    )
    return tuple(_checkpoint(row) for row in rows)


def _checkpoint(row: sqlite3.Row) -> Checkpoint:
    content = row["content"]
    return Checkpoint(
        turn_id=row["turn_id"],
        path=row["path"],
        before=FileState(
            content=None if content is None else zlib.decompress(content),
            mode=row["mode"],
            fingerprint=row["fingerprint"],
            unkept=row["unkept"],
        ),
        after=row["after"],
    )
