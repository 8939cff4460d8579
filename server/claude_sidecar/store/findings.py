"""Findings, by file, turn and session.

Functions of a connection; the transaction around them is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from claude_sidecar.errors import UnknownId
from claude_sidecar.findings.model import Context, Finding
from claude_sidecar.sessions.model import FindingQuery, Key
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.moving import move_paths
from claude_sidecar.text import Position, Range

_COLUMNS = (
    "id", "session_id", "turn_id", "file", "start_line", "start_character", "end_line",
    "end_character", "severity", "category", "title", "message", "quote", "created_at",
    "failure_scenario", "suggestion", "verdict", "state", "anchor", "reviewers",
    "context", "reason",
)  # fmt: skip

_SAVE = (
    f"INSERT INTO findings ({', '.join(_COLUMNS)})"  # noqa: S608 - the store's own names
    f" VALUES ({', '.join(f':{column}' for column in _COLUMNS)}) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])
)


def save(connection: Connection, finding: Finding) -> None:
    """Record it, or bring the one with its id up to date.

    :raises UnknownId: if its session is not there.
    """
    try:
        connection.execute(
            _SAVE,
            {
                "id": finding.id,
                "session_id": finding.session_id,
                "turn_id": finding.turn_id,
                "file": finding.file,
                "start_line": finding.range.start.line,
                "start_character": finding.range.start.character,
                "end_line": finding.range.end.line,
                "end_character": finding.range.end.character,
                "severity": finding.severity,
                "category": finding.category,
                "title": finding.title,
                "message": finding.message,
                "quote": finding.quote,
                "created_at": finding.created_at,
                "failure_scenario": finding.failure_scenario,
                "suggestion": finding.suggestion,
                "verdict": finding.verdict,
                "state": finding.state,
                "anchor": finding.anchor,
                "reviewers": json.dumps(finding.reviewers),
                "context": json.dumps([finding.context.before, finding.context.after]),
                "reason": finding.reason,
            },
        )
    except sqlite3.IntegrityError as error:
        raise UnknownId("session", finding.session_id, field="sessionId") from error


def select(connection: Connection, query: FindingQuery) -> tuple[Finding, ...]:
    """Findings that fit, in the order of their files and positions."""
    conditions, values = ["1"], list[Any]()
    if query.workspace is not None:
        inside = query.workspace.rstrip("/") + "/"
        conditions.append("file > ? AND file < ?")
        values += [inside, inside[:-1] + chr(ord("/") + 1)]
    for column in ("id", "file", "state", "session_id", "turn_id"):
        value = getattr(query, "finding_id" if column == "id" else column)
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    rows = connection.execute(
        f"SELECT * FROM findings WHERE {' AND '.join(conditions)} ORDER BY file, start_line,"  # noqa: S608 - the store's own names
        " start_character, end_line, end_character, rowid",
        values,
    ).fetchall()
    return tuple(_finding(row) for row in rows)


def move(connection: Connection, moves: Mapping[Key, Key]) -> None:
    """Files were renamed, or folders with all that lies in them."""
    move_paths(connection, moves, table="findings", column="file")


def _finding(row: sqlite3.Row) -> Finding:
    return Finding(
        id=row["id"],
        file=row["file"],
        range=Range(
            Position(row["start_line"], row["start_character"]),
            Position(row["end_line"], row["end_character"]),
        ),
        severity=row["severity"],
        category=row["category"],
        title=row["title"],
        message=row["message"],
        quote=row["quote"],
        session_id=row["session_id"],
        turn_id=row["turn_id"],
        created_at=row["created_at"],
        failure_scenario=row["failure_scenario"],
        suggestion=row["suggestion"],
        verdict=row["verdict"],
        state=row["state"],
        anchor=row["anchor"],
        reviewers=tuple(json.loads(row["reviewers"])),
        context=Context(*map(tuple, json.loads(row["context"]))),
        reason=row["reason"],
    )
