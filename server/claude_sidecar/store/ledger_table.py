"""The ledger's table: the migration that makes it and fills it from the turns there were."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_ledger(connection: Connection) -> None:
    """What was spent, apart from the sessions, so that deleting one does not give its money back.

    Nothing refers to another table. `at` is the beginning of a quarter of an hour. A turn's first
    row has no model and no cost; `turn_id` is null where another program spent it.
    """
    connection.execute(_SPENDING)
    for statement in _SPENDING_INDEXES:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO spending (turn_id, session_id, workspace, file, kind, at, model, cost_usd,"
        " input_tokens, output_tokens, cache_read_tokens, cache_write_tokens)"
        " SELECT t.id, s.id, s.workspace, s.file, t.kind, CAST(t.started_at / 900 AS INTEGER) * 900,"
        " ifnull(s.model, ''), t.cost_usd, t.input_tokens, t.output_tokens, t.cache_read_tokens,"
        " t.cache_write_tokens FROM turns t JOIN sessions s ON s.number = t.session WHERE t.begun"
    )


_SPENDING = """
CREATE TABLE spending (
    number INTEGER PRIMARY KEY,
    turn_id TEXT,
    session_id TEXT NOT NULL,
    workspace TEXT NOT NULL,
    file TEXT,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    model TEXT NOT NULL,
    cost_usd REAL NOT NULL DEFAULT 0,
    estimated_usd REAL NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0
)"""

_SPENDING_INDEXES = (
    "CREATE UNIQUE INDEX spending_by_turn ON spending (turn_id, model, at)",
    "CREATE INDEX spending_by_session ON spending (session_id, cost_usd)",
    "CREATE INDEX spending_by_time ON spending (at, turn_id, cost_usd)",
)


def add_prompt_sizes(connection: Connection) -> None:
    """How long the prompt of a turn was, in characters, in its first row: to estimate others by."""
    connection.execute("ALTER TABLE spending ADD COLUMN characters INTEGER")
    connection.execute(
        "CREATE INDEX spending_by_kind ON spending (kind, number) WHERE characters IS NOT NULL"
    )
