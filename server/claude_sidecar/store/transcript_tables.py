"""The tables of the copies of transcripts, as one migration."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_transcripts(connection: Connection) -> None:
    """Copies of Claude Code's transcripts, and sessions and turns that it made without us.

    A transcript's `size` and `checksum` mark how much of its file was taken in, `whole` whether it
    is that part line for line, `read` the last line whose turns are in the journal. A session that
    was deleted leaves its id, so that it is not taken for one made elsewhere.
    """
    for statement in _STATEMENTS:
        connection.execute(statement)


_STATEMENTS = (
    """
CREATE TABLE transcripts (
    number INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    session_id TEXT NOT NULL,
    part TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    checksum INTEGER NOT NULL DEFAULT 0,
    whole INTEGER NOT NULL DEFAULT 0,
    modified_ms INTEGER NOT NULL,
    last INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    summary TEXT,
    UNIQUE (session_id, project, part)
)""",
    """
CREATE TABLE transcript_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    transcript INTEGER NOT NULL REFERENCES transcripts (number) ON DELETE CASCADE,
    uuid TEXT,
    data BLOB NOT NULL
)""",
    "CREATE INDEX transcripts_by_project ON transcripts (project) WHERE part = ''",
    "CREATE INDEX transcript_lines_in_order ON transcript_lines (transcript, number)",
    "CREATE UNIQUE INDEX transcript_lines_by_uuid ON transcript_lines (transcript, uuid)"
    " WHERE uuid IS NOT NULL",
    "CREATE TABLE deleted_sessions (id TEXT PRIMARY KEY) WITHOUT ROWID",
    "ALTER TABLE sessions ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE turns ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0",
)
