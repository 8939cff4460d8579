"""Turns as rows of the tables, and rows as turns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from claude_sidecar.sessions.model import (
    Compaction,
    Location,
    ToolCall,
    Turn,
    TurnError,
    Verification,
)
from claude_sidecar.store import ledger


def columns_of(turn: Turn) -> dict[str, Any]:
    """A turn as the columns of its row, without its reply and its tool calls."""
    return {
        "id": turn.id,
        "session_id": turn.session_id,
        "kind": turn.kind,
        "prompt": turn.prompt,
        "started_at": turn.started_at,
        "ended_at": turn.ended_at,
        "stop_reason": turn.stop_reason,
        "cost_usd": turn.cost_usd,
        **asdict(turn.usage),
        "error": None if turn.error is None else error_json(turn.error),
        "findings": json.dumps(turn.findings),
        "document_hash": turn.document_hash,
        "continues": turn.continues,
        "retries": turn.retries,
        "compacted": None if turn.compacted is None else json.dumps(asdict(turn.compacted)),
        "verification": (
            None if turn.verification is None else json.dumps(asdict(turn.verification))
        ),
    }


def error_json(error: TurnError) -> str:
    """Why a turn did not end well, as its row has it."""
    return json.dumps(asdict(error))


def turn_of(row: sqlite3.Row, text: str, calls: Sequence[ToolCall]) -> Turn:
    """A turn of its row, its reply and its tool calls. Its row has its session's id, too, and
    `reported`, the findings that name it.
    """
    return Turn(
        id=row["id"],
        session_id=row["session_id"],
        kind=row["kind"],
        prompt=row["prompt"],
        started_at=row["started_at"],
        text=text,
        ended_at=row["ended_at"],
        stop_reason=row["stop_reason"],
        tool_calls=tuple(calls),
        # Until the turn tells which it ended with: those that were reported so far.
        findings=tuple(json.loads(row["findings"] or row["reported"])),
        cost_usd=row["cost_usd"],
        usage=ledger.usage_of(row),
        error=None if row["error"] is None else TurnError(**json.loads(row["error"])),
        document_hash=row["document_hash"],
        state=row["status"],
        elsewhere=bool(row["elsewhere"]),
        continues=row["continues"],
        retries=row["retries"],
        compacted=(
            None if row["compacted"] is None else Compaction(**json.loads(row["compacted"]))
        ),
        verification=(
            None if row["verification"] is None else Verification(**json.loads(row["verification"]))
        ),
    )


def tool_call_of(row: sqlite3.Row) -> ToolCall:
    """A tool call of its row."""
    return ToolCall(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        status=row["status"],
        locations=tuple(Location(path, line) for path, line in json.loads(row["locations"])),
    )
