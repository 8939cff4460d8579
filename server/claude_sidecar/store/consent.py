"""Rules that the user has kept, and questions that are open.

Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from claude_sidecar.errors import UnknownId
from claude_sidecar.sessions.ports import KeptRule, OpenQuestion
from claude_sidecar.store.connection import Connection


def keep_rule(connection: Connection, rule: KeptRule) -> None:
    """Add a rule, in place of one that is about the same in the same place.

    :raises UnknownId: if its session is not there.
    """
    connection.execute(
        "DELETE FROM kept_rules WHERE workspace = ? AND session_id IS ? AND rule = ?",
        (rule.workspace, rule.session_id, rule.rule),
    )
    try:
        connection.execute(
            "INSERT INTO kept_rules (id, workspace, session_id, rule, allows, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                rule.id,
                rule.workspace,
                rule.session_id,
                rule.rule,
                rule.allows,
                rule.created_at,
            ),
        )
    except sqlite3.IntegrityError as error:
        raise UnknownId("session", rule.session_id or "", field="sessionId") from error


def kept_rules(connection: Connection, workspace: str | None) -> tuple[KeptRule, ...]:
    """Those of a workspace, or all."""
    rows = connection.execute(
        "SELECT * FROM kept_rules WHERE ?1 IS NULL OR workspace = ?1 ORDER BY created_at, id",
        (workspace,),
    )
    return tuple(
        KeptRule(
            row["id"],
            row["workspace"],
            row["session_id"],
            row["rule"],
            bool(row["allows"]),
            row["created_at"],
        )
        for row in rows
    )


def drop_rule(connection: Connection, rule_id: str) -> bool:
    """Whether there was one."""
    return connection.execute("DELETE FROM kept_rules WHERE id = ?", (rule_id,)).rowcount > 0


def open_question(connection: Connection, question: OpenQuestion) -> None:
    """Record a question.

    :raises UnknownId: if its session is not there.
    """
    values: tuple[Any, ...] = (
        question.id,
        question.session_id,
        question.turn_id,
        question.tool_call_id,
        question.tool,
        json.dumps(question.input),
        question.title,
        question.kind,
        question.asked_at,
    )
    try:
        connection.execute(
            "INSERT INTO open_questions (id, session_id, turn_id, tool_call_id, tool, input,"
            " title, kind, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO NOTHING",
            values,
        )
    except sqlite3.IntegrityError as error:
        raise UnknownId("session", question.session_id, field="sessionId") from error


def close_question(connection: Connection, question_id: str) -> None:
    """It needs no answer any more."""
    connection.execute("DELETE FROM open_questions WHERE id = ?", (question_id,))


def is_asked(connection: Connection, session_id: str) -> bool:
    """Whether there is a question that is open in a session."""
    row = connection.execute(
        "SELECT 1 FROM open_questions WHERE session_id = ? LIMIT 1", (session_id,)
    ).fetchone()
    return row is not None


def open_questions(connection: Connection, session_id: str | None) -> tuple[OpenQuestion, ...]:
    """Those of a session, or all."""
    rows = connection.execute(
        "SELECT * FROM open_questions WHERE ?1 IS NULL OR session_id = ?1 ORDER BY number",
        (session_id,),
    )
    return tuple(
        OpenQuestion(
            row["id"],
            row["session_id"],
            row["turn_id"],
            row["tool_call_id"],
            row["tool"],
            json.loads(row["input"]),
            row["title"],
            row["kind"],
            row["asked_at"],
        )
        for row in rows
    )


def move_questions(connection: Connection, from_session: str, to_session: str) -> None:
    """They go on with the session's successor, and so do its rules."""
    for table in ("open_questions", "kept_rules"):
        connection.execute(
            f"UPDATE {table} SET session_id = ? WHERE session_id = ?",  # noqa: S608 - our own names
            (to_session, from_session),
        )
