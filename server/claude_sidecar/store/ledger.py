"""The ledger: what was spent, by turn, model and quarter of an hour. It outlives the sessions.

A quarter of an hour is fine enough to be summed to days in every time zone. A turn has one row
from when it begins, with no model and no cost, so that turns that cost nothing are counted too.
Rows without a turn are what was spent in a session by another program. Functions of a connection;
the transaction around them is the caller's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict

from claude_sidecar.sessions.costs.estimates import PastTurn
from claude_sidecar.sessions.costs.spending import Bill, Spending, Spent
from claude_sidecar.sessions.model import Key, TurnKind, Usage
from claude_sidecar.store.connection import Connection
from claude_sidecar.store.sessions import moved_key

SLOT_SECONDS = 900
_ROUNDING_USD = 1e-9

SUMS = """
    total(cost_usd) AS cost_usd,
    ifnull(sum(input_tokens), 0) AS input_tokens,
    ifnull(sum(output_tokens), 0) AS output_tokens,
    ifnull(sum(cache_read_tokens), 0) AS cache_read_tokens,
    ifnull(sum(cache_write_tokens), 0) AS cache_write_tokens
"""


def begin(connection: Connection, turn_id: str, *, at: float) -> None:
    """A turn begins, or goes on in another session: what it spent goes along."""
    connection.execute(
        "UPDATE spending SET (session_id, workspace, file) = (SELECT s.id, s.workspace, s.file"
        " FROM turns t JOIN sessions s ON s.number = t.session WHERE t.id = :turn)"
        " WHERE turn_id = :turn AND EXISTS (SELECT 1 FROM turns WHERE id = :turn)",
        {"turn": turn_id},
    )
    connection.execute(
        "INSERT INTO spending (turn_id, session_id, workspace, file, kind, at, model)"
        " SELECT t.id, s.id, s.workspace, s.file, t.kind, ?, '' FROM turns t"
        " JOIN sessions s ON s.number = t.session WHERE t.id = ?"
        " AND NOT EXISTS (SELECT 1 FROM spending p WHERE p.turn_id = t.id)",
        (_slot(at), turn_id),
    )


def record(connection: Connection, spending: Spending) -> None:
    """Bring a turn's rows up to its tally; what came on top was spent now.

    What Claude had billed before its process started, and nobody here knew of, is recorded first.
    """
    tally = spending.tally
    if tally.opening_usd is not None:
        catch_up(
            connection,
            spending.session_id,
            tally.opening_usd,
            at=spending.at,
            before_turn=spending.turn_id,
        )
    _bring_up_to(connection, spending.turn_id, tally.whole, at=spending.at)
    connection.execute(
        "UPDATE spending SET estimated_usd = 0 WHERE turn_id = ?", (spending.turn_id,)
    )
    for model, spent in tally.estimate.by_model.items():
        connection.execute(
            "UPDATE spending SET estimated_usd = ? WHERE turn_id = ? AND model = ? AND at = ?",
            (spent.cost_usd, spending.turn_id, model, _slot(spending.at)),
        )
    if spending.characters is not None:
        connection.execute(
            "UPDATE spending SET characters = ? WHERE turn_id = ? AND model = ''",
            (spending.characters, spending.turn_id),
        )
    if tally.billed_usd is not None:
        connection.execute(
            "UPDATE sessions SET billed_usd = ? WHERE id = ?",
            (tally.billed_usd, spending.session_id),
        )


def complete(connection: Connection, turn_id: str, spent: Spent, *, at: float) -> None:
    """A turn ended: where nothing was recorded of what it spent, its session's model has it."""
    row = connection.execute(
        "SELECT s.model FROM turns t JOIN sessions s ON s.number = t.session WHERE t.id = ?"
        " AND NOT EXISTS (SELECT 1 FROM spending p WHERE p.turn_id = t.id AND p.cost_usd)",
        (turn_id,),
    ).fetchone()
    if row is not None and spent:
        begin(connection, turn_id, at=at)
        _bring_up_to(connection, turn_id, Bill({row["model"] or "": spent}), at=at)


def move(connection: Connection, moves: Mapping[Key, Key]) -> None:
    """Files were renamed: what was spent on them, and on what lies in them, goes along."""
    moved: dict[int, Key] = {}
    for old, new in sorted(moves.items(), key=lambda each: len(each[0].path)):
        rows = connection.execute(
            "SELECT number, file FROM spending WHERE workspace = :workspace AND (:file IS NULL"
            " OR file = :file OR substr(file, 1, length(:file) + 1) = :file || '/')",
            {"workspace": old.workspace, "file": old.file},
        )
        moved |= {row["number"]: moved_key(row["file"], old, new) for row in rows}
    connection.executemany(
        "UPDATE spending SET workspace = ?, file = ? WHERE number = ?",
        [(key.workspace, key.file, number) for number, key in moved.items()],
    )


def spent(
    connection: Connection, *, between: tuple[float, float], except_turn: str | None
) -> float:
    """US dollars of all turns between two times, to the quarter of an hour."""
    row = connection.execute(
        "SELECT total(cost_usd) FROM spending WHERE at >= ? AND at < ? AND turn_id IS NOT NULL"
        " AND turn_id IS NOT ?",
        (*between, except_turn),
    ).fetchone()
    return float(row[0])


def past_turns(connection: Connection, *, kind: TurnKind, limit: int) -> tuple[PastTurn, ...]:
    """The last turns of a kind of which it is known what they were shown and what they took."""
    turns = connection.execute(
        "SELECT turn_id, characters FROM spending WHERE kind = ? AND characters IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM spending p WHERE p.turn_id = spending.turn_id AND p.cost_usd)"
        " ORDER BY number DESC LIMIT ?",
        (kind, limit),
    ).fetchall()
    return tuple(
        PastTurn(turn["characters"], _recorded(connection, turn["turn_id"])) for turn in turns
    )


def catch_up(
    connection: Connection,
    session_id: str,
    total_usd: float,
    *,
    at: float,
    before_turn: str | None = None,
) -> None:
    """Claude's total for a session is known from elsewhere: record what nobody told of it.

    If the session's last turn was cut off, that is its rest, in place of what was guessed of it.
    Else another program went on in the session.

    :param before_turn: the turn that runs now, which has no part in it.
    """
    session = connection.execute(
        "SELECT number, id, workspace, file, model, billed_usd FROM sessions WHERE id = ?",
        (session_id,),
    ).fetchone()
    if session is None or not session["billed_usd"]:
        return
    unknown = total_usd - session["billed_usd"]
    if unknown <= _ROUNDING_USD:
        return
    last = connection.execute(
        "SELECT id, status FROM turns WHERE session = ? AND begun AND id IS NOT ?"
        " ORDER BY number DESC LIMIT 1",
        (session["number"], before_turn),
    ).fetchone()
    model = session["model"] or ""
    if last is not None and last["status"] == "interrupted":
        connection.execute(
            "UPDATE spending SET cost_usd = cost_usd - estimated_usd, estimated_usd = 0"
            " WHERE turn_id = ?",
            (last["id"],),
        )
        _add(connection, last["id"], model, Spent(Usage(), unknown), at=None)
        _tell_turn(connection, last["id"])
    else:
        connection.execute(
            "INSERT INTO spending (turn_id, session_id, workspace, file, kind, at, model, cost_usd)"
            " VALUES (NULL, ?, ?, ?, 'elsewhere', ?, ?, ?)",
            (session["id"], session["workspace"], session["file"], _slot(at), model, unknown),
        )
    connection.execute("UPDATE sessions SET billed_usd = ? WHERE id = ?", (total_usd, session_id))


def _bring_up_to(connection: Connection, turn_id: str, bill: Bill, *, at: float) -> None:
    for model, spent_now in (bill - _recorded(connection, turn_id)).by_model.items():
        _add(connection, turn_id, model, spent_now, at=at)
    _tell_turn(connection, turn_id)


def _recorded(connection: Connection, turn_id: str) -> Bill:
    rows = connection.execute(
        f"SELECT model, {SUMS} FROM spending WHERE turn_id = ? GROUP BY model",  # noqa: S608 - the store's own names
        (turn_id,),
    )
    return Bill({row["model"]: Spent(usage_of(row), row["cost_usd"]) for row in rows})


def _add(
    connection: Connection, turn_id: str, model: str, spent_now: Spent, *, at: float | None
) -> None:
    """Add to a turn's row, which is made where there is none; `at` None: to its latest time."""
    connection.execute(
        "INSERT INTO spending (turn_id, session_id, workspace, file, kind, at, model, cost_usd,"
        " input_tokens, output_tokens, cache_read_tokens, cache_write_tokens)"
        " SELECT turn_id, session_id, workspace, file, kind, ifnull(:at, max(at)), :model,"
        " :cost_usd, :input_tokens, :output_tokens, :cache_read_tokens, :cache_write_tokens"
        " FROM spending WHERE turn_id = :turn_id GROUP BY turn_id"
        " ON CONFLICT (turn_id, model, at) DO UPDATE SET cost_usd = cost_usd + excluded.cost_usd,"
        " input_tokens = input_tokens + excluded.input_tokens,"
        " output_tokens = output_tokens + excluded.output_tokens,"
        " cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,"
        " cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens",
        {
            "turn_id": turn_id,
            "at": None if at is None else _slot(at),
            "model": model,
            "cost_usd": spent_now.cost_usd,
            **asdict(spent_now.usage),
        },
    )


def _tell_turn(connection: Connection, turn_id: str) -> None:
    """The journal tells of each turn what the ledger has."""
    connection.execute(
        "UPDATE turns SET (cost_usd, input_tokens, output_tokens, cache_read_tokens,"  # noqa: S608 - the store's own names
        f" cache_write_tokens) = (SELECT {SUMS} FROM spending WHERE turn_id = :turn)"
        " WHERE id = :turn",
        {"turn": turn_id},
    )


def usage_of(row: sqlite3.Row) -> Usage:
    """The tokens that a row, or a sum over some, tells of."""
    return Usage(
        row["input_tokens"],
        row["output_tokens"],
        row["cache_read_tokens"],
        row["cache_write_tokens"],
    )


def _slot(at: float) -> int:
    return int(at // SLOT_SECONDS) * SLOT_SECONDS
