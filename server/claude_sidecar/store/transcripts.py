"""Copies of Claude Code's transcripts, line by line.

A line is kept as the bytes it was, longer ones compressed: JSON begins with a brace and zlib's
format does not, so that the first byte tells. Functions of a connection; the transaction around
them is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Sequence

from claude_sidecar.sessions.ports import (
    Mark,
    Summarise,
    Taken,
    Transcript,
    TranscriptKey,
    TranscriptLine,
)
from claude_sidecar.store.connection import Connection

_COMPRESSED_FROM_BYTES = 512
_FASTEST = 1
_BRACE = b"{"


def get(connection: Connection, key: TranscriptKey) -> Transcript | None:
    """One copy."""
    row = _row(connection, key)
    return None if row is None else _transcript(row)


def of_session(connection: Connection, session_id: str) -> tuple[Transcript, ...]:
    """A session's, the last used first."""
    rows = connection.execute(
        "SELECT * FROM transcripts WHERE session_id = ? ORDER BY modified_ms DESC, part",
        (session_id,),
    )
    return tuple(map(_transcript, rows))


def in_project(connection: Connection, project: str) -> tuple[Transcript, ...]:
    """Those of a project's sessions themselves."""
    rows = connection.execute(
        "SELECT * FROM transcripts WHERE project = ? AND part = '' ORDER BY number", (project,)
    )
    return tuple(map(_transcript, rows))


def lines(connection: Connection, key: TranscriptKey) -> tuple[TranscriptLine, ...] | None:
    """All lines of one."""
    row = _row(connection, key)
    if row is None:
        return None
    found = connection.execute(
        "SELECT data, uuid FROM transcript_lines WHERE transcript = ? ORDER BY number",
        (row["number"],),
    )
    return tuple(TranscriptLine(_unpacked(data), uuid) for data, uuid in found)


def packed(lines: Sequence[TranscriptLine]) -> list[TranscriptLine]:
    """Lines as they are kept. It takes a while, so it is done outside of the store's thread."""
    return [
        line
        if len(line.data) < _COMPRESSED_FROM_BYTES
        else TranscriptLine(zlib.compress(line.data, _FASTEST), line.uuid)
        for line in lines
    ]


def append(
    connection: Connection,
    key: TranscriptKey,
    lines: Sequence[TranscriptLine],
    *,
    taken: Taken | None,
    summarise: Summarise | None,
) -> bool:
    """Add lines as :func:`packed` gives them; False if the mark is not `taken.before`."""
    row = _row(connection, key)
    if taken is not None and taken.before != (Mark() if row is None else _mark(row)):
        return False
    if row is None:
        connection.execute(
            "INSERT INTO transcripts (project, session_id, part, modified_ms) VALUES (?, ?, ?, 0)",
            (key.project, key.session_id, key.part),
        )
        row = _row(connection, key)
        assert row is not None, "it was just made"  # noqa: S101
    last = _insert(connection, row, lines)
    if summarise is not None:
        before = None if row["summary"] is None else json.loads(row["summary"])
        connection.execute(
            "UPDATE transcripts SET summary = ? WHERE number = ?",
            (json.dumps(summarise(before)), row["number"]),
        )
    if taken is not None:
        all_known = taken.known and row["read"] == row["last"]
        connection.execute(
            "UPDATE transcripts SET size = ?, checksum = ?, whole = ?, read = ? WHERE number = ?",
            (
                taken.mark.size,
                taken.mark.checksum,
                taken.whole,
                last if all_known else row["read"],
                row["number"],
            ),
        )
    return True


def replace(
    connection: Connection,
    key: TranscriptKey,
    lines: Sequence[TranscriptLine],
    mark: Mark,
    *,
    known: bool,
) -> None:
    """Make it these lines, as :func:`packed` gives them."""
    row = _row(connection, key)
    if row is None:
        taken = Taken(Mark(), mark, whole=True, known=known)
        append(connection, key, lines, taken=taken, summarise=None)
        return
    connection.execute("DELETE FROM transcript_lines WHERE transcript = ?", (row["number"],))
    last = _insert(connection, row, lines)
    connection.execute(
        "UPDATE transcripts SET size = ?, checksum = ?, whole = 1, read = ? WHERE number = ?",
        (mark.size, mark.checksum, last if known else 0, row["number"]),
    )


def note_read(connection: Connection, key: TranscriptKey, through: int) -> None:
    """The turns up to that line are in the journal."""
    connection.execute(
        "UPDATE transcripts SET read = max(read, ?)"
        " WHERE project = ? AND session_id = ? AND part = ?",
        (through, key.project, key.session_id, key.part),
    )


def move(connection: Connection, session_id: str, project: str) -> None:
    """Give a session's transcripts to another project, where that has none of it."""
    connection.execute(
        "UPDATE OR IGNORE transcripts SET project = ? WHERE session_id = ?", (project, session_id)
    )


def delete(connection: Connection, key: TranscriptKey) -> None:
    """Delete it; a session's own goes with its subagents'."""
    parts = "" if not key.part else " AND part = ?"
    connection.execute(
        f"DELETE FROM transcripts WHERE project = ? AND session_id = ?{parts}",  # noqa: S608 - the store's own words
        (key.project, key.session_id, *([key.part] if key.part else [])),
    )


def delete_of_session(connection: Connection, session_id: str) -> None:
    """Delete all of a session's."""
    connection.execute("DELETE FROM transcripts WHERE session_id = ?", (session_id,))


def _insert(connection: Connection, row: sqlite3.Row, lines: Sequence[TranscriptLine]) -> int:
    """The number of the last line."""
    connection.executemany(
        "INSERT OR IGNORE INTO transcript_lines (transcript, uuid, data) VALUES (?, ?, ?)",
        [(row["number"], line.uuid, line.data) for line in lines],
    )
    now = int(time.time() * 1000)
    connection.execute(
        "UPDATE transcripts SET modified_ms = max(:now, modified_ms + 1), last = ifnull((SELECT"
        " max(number) FROM transcript_lines WHERE transcript = :number), last)"
        " WHERE number = :number",
        {"number": row["number"], "now": now},
    )
    found = connection.execute("SELECT last FROM transcripts WHERE number = ?", (row["number"],))
    return int(found.fetchone()[0])


def _row(connection: Connection, key: TranscriptKey) -> sqlite3.Row | None:
    found = connection.execute(
        "SELECT * FROM transcripts WHERE project = ? AND session_id = ? AND part = ?",
        (key.project, key.session_id, key.part),
    )
    return found.fetchone()


def _mark(row: sqlite3.Row) -> Mark:
    return Mark(row["size"], row["checksum"])


def _transcript(row: sqlite3.Row) -> Transcript:
    return Transcript(
        TranscriptKey(row["project"], row["session_id"], row["part"]),
        mark=_mark(row),
        whole=bool(row["whole"]),
        modified_ms=row["modified_ms"],
        last=row["last"],
        read=row["read"],
        summary=None if row["summary"] is None else json.loads(row["summary"]),
    )


def _unpacked(data: bytes) -> bytes:
    return data if data.startswith(_BRACE) else zlib.decompress(data)
