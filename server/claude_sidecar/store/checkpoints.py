"""Checkpoints: files as they were before turns changed them.

Contents are compressed. Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence

from claude_sidecar.sessions.ports import Checkpoint, CheckpointBounds, FileState
from claude_sidecar.store.connection import Connection


def save(connection: Connection, checkpoints: Sequence[Checkpoint], *, replace: bool) -> None:
    """Record them.

    :param replace: in the place of those that are not settled.
    """
    conflict = (
        "DO UPDATE SET content = excluded.content, size = excluded.size, mode = excluded.mode,"
        " fingerprint = excluded.fingerprint, unkept = excluded.unkept WHERE after IS NULL"
        if replace
        else "DO NOTHING"
    )
    for checkpoint in checkpoints:
        before = checkpoint.before
        content = None if before.content is None else zlib.compress(before.content)
        connection.execute(
            "INSERT INTO checkpoints (turn, path, content, size, mode, fingerprint, unkept, after)"  # noqa: S608 - one of the two above
            " SELECT number, ?, ?, ?, ?, ?, ?, ? FROM turns WHERE id = ?"
            f" ON CONFLICT (turn, path) {conflict}",
            (
                checkpoint.path,
                content,
                None if content is None else len(content),
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


def prune(connection: Connection, bounds: CheckpointBounds) -> int:
    """Give up contents that are out of bounds, and say so in their places: how many."""
    beyond: list[int] = []
    left = bounds.max_bytes
    for row in connection.execute(
        "SELECT number, size FROM checkpoints INDEXED BY checkpoints_kept WHERE size IS NOT NULL"
        " ORDER BY number DESC"
    ):
        left -= row["size"]
        if left < 0:
            beyond.append(row["number"])
    given_up = 0
    for which, value, why in (
        ("t.started_at < ?", bounds.since, bounds.too_old),
        ("c.number IN (SELECT value FROM json_each(?))", json.dumps(beyond), bounds.too_much),
    ):
        given_up += connection.execute(
            "UPDATE checkpoints SET content = NULL, size = NULL, unkept = ? WHERE number IN ("  # noqa: S608 - the two above
            f"SELECT c.number FROM checkpoints c JOIN turns t ON t.number = c.turn WHERE {which}"
            " AND c.size IS NOT NULL AND t.session NOT IN"
            " (SELECT session FROM turns WHERE status IN ('queued', 'running')))",
            (why, value),
        ).rowcount
    return given_up


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
