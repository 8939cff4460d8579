"""The journal: each turn's prompt, reply, tool calls, cost and end, written as it happens.

Changes to a turn that is not there do nothing: its session was deleted, perhaps by another
process, and deleted means gone. Functions of a connection; the transaction is the caller's.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from claude_sidecar.errors import StoreError, UnknownId
from claude_sidecar.sessions.model import ToolCall, Turn, TurnError
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.turn_rows import columns_of, error_json, tool_call_of, turn_of

CUT_OFF = TurnError(
    "process",
    "claude-sidecar ended in the middle of this turn; this is what had arrived.",
    "Continue it to go on from here, or retry it.",
    retryable=True,
)
NEVER_BEGUN = TurnError(
    "process",
    "claude-sidecar ended before this turn's prompt was sent.",
    "Retry it.",
    retryable=True,
)


def begin(connection: Connection, turn: Turn, *, owner: str, request: str | None = None) -> None:
    """Record a turn as queued.

    :param request: what was asked for, to be asked for again.
    :raises UnknownId: if its session is not there.
    :raises StoreError: if there is a turn of that id.
    """
    try:
        connection.execute(
            "INSERT INTO turns (id, session, status, owner, kind, prompt, started_at, ended_at,"
            " stop_reason, cost_usd, input_tokens, output_tokens, cache_read_tokens,"
            " cache_write_tokens, error, document_hash, continues, retries, request)"
            " VALUES (:id, :session, 'queued', :owner, :kind, :prompt, :started_at, :ended_at,"
            " :stop_reason, :cost_usd, :input_tokens, :output_tokens, :cache_read_tokens,"
            " :cache_write_tokens, :error, :document_hash, :continues, :retries, :request)",
            {**columns_of(turn), "session": _session_number(connection, turn.session_id),
             "owner": owner, "request": request},
        )  # fmt: skip
    except sqlite3.IntegrityError as error:
        raise StoreError(f"Turn {turn.id} is in the store already.") from error
    append(connection, turn.id, turn.text)


def start(
    connection: Connection, turn_id: str, *, session_id: str, started_at: float, owner: str
) -> None:
    """It leaves its queue, in the session given.

    :raises UnknownId: if that session is not there.
    """
    turn = connection.execute("SELECT session FROM turns WHERE id = ?", (turn_id,)).fetchone()
    if turn is None:
        return
    session = _session_number(connection, session_id)
    connection.execute(
        "UPDATE turns SET status = 'running', begun = 1, owner = ?, started_at = ?,"
        " unindexed = unindexed OR session <> ?, session = ? WHERE id = ?",
        (owner, started_at, session, session, turn_id),
    )
    connection.execute(
        "UPDATE sessions SET interrupted = 0 WHERE number IN (?, ?)", (turn["session"], session)
    )
    _used(connection, turn_id, started_at)


def append(connection: Connection, turn_id: str, text: str) -> None:
    """Add to the turn's reply."""
    if text:
        connection.execute(
            "INSERT INTO replies (turn, text) SELECT number, ? FROM turns WHERE id = ?",
            (text, turn_id),
        )


def record_tool_call(connection: Connection, turn_id: str, call: ToolCall) -> None:
    """Add a tool call, or bring it up to date."""
    locations = json.dumps([[location.path, location.line] for location in call.locations])
    connection.execute(
        "INSERT INTO tool_calls (turn, id, title, kind, status, locations)"
        " SELECT number, ?, ?, ?, ?, ? FROM turns WHERE id = ?"
        " ON CONFLICT (turn, id) DO UPDATE SET title = excluded.title, kind = excluded.kind,"
        " status = excluded.status, locations = excluded.locations",
        (call.id, call.title, call.kind, call.status, locations, turn_id),
    )


def end(connection: Connection, turn: Turn) -> None:
    """Record how it ended; all of its fields are taken."""
    changed = connection.execute(
        "UPDATE turns SET status = 'ended', owner = NULL, unindexed = 1, kind = :kind,"
        " session = ifnull((SELECT number FROM sessions WHERE id = :session_id), session),"
        " prompt = :prompt, started_at = :started_at, ended_at = :ended_at,"
        " stop_reason = :stop_reason, cost_usd = :cost_usd, input_tokens = :input_tokens,"
        " output_tokens = :output_tokens, cache_read_tokens = :cache_read_tokens,"
        " cache_write_tokens = :cache_write_tokens, error = :error, findings = :findings,"
        " document_hash = :document_hash, compacted = ifnull(:compacted, compacted),"
        " verification = :verification,"
        " request = CASE WHEN :stop_reason = 'end_turn' THEN NULL ELSE request END"
        " WHERE id = :id",
        columns_of(turn),
    ).rowcount
    if not changed:
        return
    for table in ("replies", "tool_calls"):
        connection.execute(
            f"DELETE FROM {table} WHERE turn = (SELECT number FROM turns WHERE id = ?)",  # noqa: S608 - the store's own names
            (turn.id,),
        )
    append(connection, turn.id, turn.text)
    for call in turn.tool_calls:
        record_tool_call(connection, turn.id, call)
    _used(connection, turn.id, turn.ended_at or turn.started_at)


def request_of(connection: Connection, turn_id: str) -> str | None:
    """What was asked for in a turn that has not ended well."""
    row = connection.execute("SELECT request FROM turns WHERE id = ?", (turn_id,)).fetchone()
    return None if row is None else row["request"]


def get(connection: Connection, turn_id: str) -> Turn | None:
    """One turn."""
    found = _turns(connection, "t.id = ?", turn_id)
    return found[0] if found else None


def of_session(connection: Connection, session_id: str) -> tuple[Turn, ...]:
    """A session's turns, in the order in which they were asked."""
    return _turns(connection, "s.id = ?", session_id)


def shown_document(connection: Connection, session_id: str) -> str | None:
    """The hash of the document that a session's last turn with one has shown."""
    row = connection.execute(
        "SELECT document_hash FROM turns WHERE session = (SELECT number FROM sessions WHERE id = ?)"
        " AND document_hash IS NOT NULL AND ended_at IS NOT NULL ORDER BY number DESC LIMIT 1",
        (session_id,),
    ).fetchone()
    return None if row is None else row["document_hash"]


def owners(connection: Connection) -> set[str]:
    """Who has turns that are queued or running."""
    rows = connection.execute(
        "SELECT DISTINCT owner FROM turns WHERE status IN ('queued', 'running')"
    )
    return {owner for (owner,) in rows}


def settle(connection: Connection, *, dead: Sequence[str], at: float) -> None:
    """Say of the turns of owners that are no more how they came out.

    Those that ran were interrupted, and keep what had arrived; when they ended nobody knows. The
    queued ones never reached Claude, so that they are cancelled.
    """
    for owner in dead:
        connection.execute(
            "UPDATE sessions SET interrupted = 1 WHERE number IN"
            " (SELECT session FROM turns WHERE owner = ? AND status = 'running')",
            (owner,),
        )
        connection.execute(
            "UPDATE turns SET status = 'interrupted', owner = NULL, unindexed = 1, error = ?"
            " WHERE owner = ? AND status = 'running'",
            (error_json(CUT_OFF), owner),
        )
        connection.execute(
            "UPDATE turns SET status = 'ended', owner = NULL, stop_reason = 'cancelled',"
            " ended_at = ?, error = ? WHERE owner = ? AND status = 'queued'",
            (at, error_json(NEVER_BEGUN), owner),
        )


def _session_number(connection: Connection, session_id: str) -> int:
    row = connection.execute("SELECT number FROM sessions WHERE id = ?", (session_id,)).fetchone()
    if row is None:
        raise UnknownId("session", session_id, field="sessionId")
    return row["number"]


def _used(connection: Connection, turn_id: str, at: float) -> None:
    connection.execute(
        "UPDATE sessions SET updated_at = ? WHERE updated_at < ?"
        " AND number = (SELECT session FROM turns WHERE id = ?)",
        (at, at, turn_id),
    )


def _turns(connection: Connection, condition: str, value: str) -> tuple[Turn, ...]:
    which = f"FROM turns t JOIN sessions s ON s.number = t.session WHERE {condition}"
    texts, calls = defaultdict[int, list[str]](list), defaultdict[int, list[ToolCall]](list)
    for part in connection.execute(
        f"SELECT turn, text FROM replies WHERE turn IN (SELECT t.number {which}) ORDER BY part",  # noqa: S608 - the store's own names
        (value,),
    ):
        texts[part["turn"]].append(part["text"])
    for call in connection.execute(
        f"SELECT * FROM tool_calls WHERE turn IN (SELECT t.number {which}) ORDER BY number",  # noqa: S608 - the store's own names
        (value,),
    ):
        calls[call["turn"]].append(tool_call_of(call))
    rows = connection.execute(
        "SELECT t.*, s.id AS session_id, (SELECT json_group_array(id) FROM (SELECT f.id"  # noqa: S608 - the store's own names
        " FROM findings f WHERE f.turn_id = t.id ORDER BY f.rowid)) AS reported"
        f" {which} ORDER BY t.number",
        (value,),
    ).fetchall()
    turns = [turn_of(row, "".join(texts[row["number"]]), calls[row["number"]]) for row in rows]
    if any(turn.elsewhere for turn in turns):  # they came into the journal after the fact
        turns.sort(key=lambda turn: turn.started_at)
    return tuple(turns)
