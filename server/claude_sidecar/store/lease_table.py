"""The table of who has a session, and who waits for it; see `leases`."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_leases(connection: Connection) -> None:
    """A line for each session: who has it (`has_it`), and who waits for it, in the order of their
    numbers. `beats` counts the owner's signs of life; `certain` says whether the system tells when
    the owner is dead.
    """
    connection.execute("""
        CREATE TABLE leases (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            session_id TEXT NOT NULL,
            turn_id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            process INTEGER NOT NULL,
            certain INTEGER NOT NULL,
            has_it INTEGER NOT NULL DEFAULT 0,
            beats INTEGER NOT NULL DEFAULT 0
        )""")
    connection.execute("CREATE INDEX leases_by_session ON leases (session_id, number)")
