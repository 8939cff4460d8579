"""The tables of rules that the user has kept, and of questions that are open; see `consent`."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_consent(connection: Connection) -> None:
    """Rules that the user has kept, and questions about uses of tools that are open.

    A rule holds in a workspace, or in one session of it and as long as there is that.
    """
    for statement in (_KEPT_RULES, _OPEN_QUESTIONS, *_CONSENT_INDEXES):
        connection.execute(statement)


_KEPT_RULES = """
CREATE TABLE kept_rules (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    allows INTEGER NOT NULL,
    created_at REAL NOT NULL
)"""

_OPEN_QUESTIONS = """
CREATE TABLE open_questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    input TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    asked_at REAL NOT NULL
)"""

_CONSENT_INDEXES = (
    "CREATE INDEX kept_rules_by_workspace ON kept_rules (workspace)",
    "CREATE INDEX kept_rules_by_session ON kept_rules (session_id)",
    "CREATE INDEX open_questions_by_session ON open_questions (session_id)",
)
