"""Sessions and turns that Claude Code made without us.

Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from claude_sidecar.errors import UnknownId
from claude_sidecar.sessions.model import Key, Session
from claude_sidecar.sessions.ports import SaidElsewhere, TranscriptFile
from claude_sidecar.store import journal, ledger, sessions, transcripts
from claude_sidecar.store.connection import Connection

_AT_ONCE = 500
_SETTLED_SECONDS = 1.0
"""Claude Code writes a little after a turn has ended, which is no use of the session."""


def news_of(
    connection: Connection, project: str, files: Mapping[str, TranscriptFile]
) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of sessions that are not known, and of those whose file has something new."""
    unknown, changed = set(files), set[str]()
    for some in _chunks(list(files)):
        marks = ", ".join("?" * len(some))
        for (deleted,) in connection.execute(
            f"SELECT id FROM deleted_sessions WHERE id IN ({marks})",  # noqa: S608 - question marks
            some,
        ):
            unknown.discard(deleted)
        for row in connection.execute(
            "SELECT s.id, s.updated_at, t.size, t.read >= t.last AS is_read FROM sessions s"  # noqa: S608 - question marks
            " LEFT JOIN transcripts t ON t.session_id = s.id AND t.project = ? AND t.part = ''"
            f" WHERE s.id IN ({marks})",
            [project, *some],
        ):
            unknown.discard(row["id"])
            file = files[row["id"]]
            if row["size"] is None:
                new = file.changed_at > row["updated_at"] + _SETTLED_SECONDS
            else:
                new = row["size"] != file.size or not row["is_read"]
            if new:
                changed.add(row["id"])
    return frozenset(unknown), frozenset(changed)


def adopt(connection: Connection, adopted: Sequence[Session]) -> None:
    """Record sessions, unless they are known."""
    for session in adopted:
        if sessions.get(connection, session.id) is None:
            sessions.add(connection, session)
            connection.execute("UPDATE sessions SET elsewhere = 1 WHERE id = ?", (session.id,))
            connection.execute("DELETE FROM deleted_sessions WHERE id = ?", (session.id,))


def add_said(connection: Connection, session_id: str, said: SaidElsewhere) -> None:
    """Record turns. One of ours is known better from the journal; one made elsewhere may have gone
    on since it was read.
    """
    if sessions.get(connection, session_id) is None:
        return  # deleted meanwhile
    added = False
    for turn in said.turns:
        row = connection.execute("SELECT elsewhere FROM turns WHERE id = ?", (turn.id,)).fetchone()
        if row is None:
            journal.begin(connection, turn, owner="")
            connection.execute("UPDATE turns SET elsewhere = 1, begun = 1 WHERE id = ?", (turn.id,))
        elif not row["elsewhere"]:
            continue
        journal.end(connection, turn)
        added = True
    if added and said.billed_usd is not None:
        at = max(turn.ended_at or turn.started_at for turn in said.turns)
        ledger.catch_up(connection, session_id, said.billed_usd, at=at)
        sessions.update(connection, session_id, {"billed_usd": said.billed_usd})
    transcripts.note_read(connection, said.key, said.through)


def bind(connection: Connection, session_id: str, key: Key) -> None:
    """Give a session to another key and have that continue it.

    :raises UnknownId: if there is none of that id.
    """
    if sessions.get(connection, session_id) is None:
        raise UnknownId("session", session_id, field="sessionId")
    connection.execute(
        "UPDATE sessions SET current = 0, workspace = ?, file = ? WHERE id = ?",
        (key.workspace, key.file, session_id),
    )
    sessions.make_current(connection, session_id)


def successor_of(connection: Connection, session_id: str) -> str | None:
    """The session that was begun in the place of a lost one; the last, if there are several."""
    row = connection.execute(
        "SELECT id FROM sessions WHERE recovered_from = ? ORDER BY number DESC LIMIT 1",
        (session_id,),
    ).fetchone()
    return None if row is None else row["id"]


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
