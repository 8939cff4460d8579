"""The table of what files were before a turn changed them; see `checkpoints`."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_checkpoints(connection: Connection) -> None:
    """Files as they were before a turn changed them, compressed; see `checkpoints`."""
    connection.execute(_CHECKPOINTS)
    connection.execute("CREATE INDEX checkpoints_by_path ON checkpoints (path)")
    connection.execute(
        "CREATE INDEX sessions_in_place_of ON sessions (recovered_from)"
        " WHERE recovered_from IS NOT NULL"
    )


_CHECKPOINTS = """
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    path TEXT NOT NULL,
    content BLOB,
    mode INTEGER,
    fingerprint TEXT NOT NULL,
    unkept TEXT,
    after TEXT,
    UNIQUE (turn, path)
)"""


def add_checkpoint_sizes(connection: Connection) -> None:
    """How many bytes each kept content takes, to be summed up without a look at them."""
    connection.execute("ALTER TABLE checkpoints ADD COLUMN size INTEGER")
    connection.execute("UPDATE checkpoints SET size = length(content)")
    connection.execute(
        "CREATE INDEX checkpoints_kept ON checkpoints (number, size) WHERE size IS NOT NULL"
    )
