"""A store with something of everything in it: written by one version, and read by every later one.

`python tests/support/everything.py` writes what this version makes of it to `tests/stores/vN.sql`,
where N is the version of its schema; what is there already it leaves alone. Do that before a
migration is added: the file is then an old store, and tests open each of them with today's code.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import anyio

from claude_sidecar.findings.model import Context, Finding
from claude_sidecar.sessions.model import (
    Key,
    Location,
    Session,
    ToolCall,
    Turn,
    TurnError,
    Usage,
)
from claude_sidecar.sessions.ports import Store
from claude_sidecar.store.connection import Connection, connect
from claude_sidecar.store.schema import MIGRATIONS, migrate
from claude_sidecar.store.sqlite import open_store
from claude_sidecar.text import Position, Range

FOLDER = Path(__file__).parents[1] / "stores"

CART = Key("/projects/shop", "src/cart.py")
SHOP = Key("/projects/shop")

REVIEWED = Session(
    id="11111111-0000-4000-8000-000000000001",
    key=CART,
    title="Rounding in the cart",
    created_at=1_700_000_000.0,
    updated_at=1_700_000_500.0,
    current=False,
    billed_usd=0.75,
    model="claude-opus-5-5",
    begun=True,
)
FORK = Session(
    id="11111111-0000-4000-8000-000000000002",
    key=CART,
    title="Naïve totals — 第二",
    created_at=1_700_000_600.0,
    updated_at=1_700_000_700.0,
    forked_from=REVIEWED.id,
)
SUCCESSOR = Session(
    id="11111111-0000-4000-8000-000000000003",
    key=SHOP,
    title="The whole shop",
    created_at=1_700_000_800.0,
    updated_at=1_700_000_900.0,
    recovered_from="11111111-0000-4000-8000-0000000000ff",
    begun=True,
)
SESSIONS = (REVIEWED, FORK, SUCCESSOR)

REVIEW = Turn(
    id="22222222-0000-4000-8000-000000000001",
    session_id=REVIEWED.id,
    kind="review",
    prompt="Review of src/cart.py",
    started_at=1_700_000_100.0,
    text="Two things: totals drift, and `mean` divides by zero.",
    ended_at=1_700_000_200.0,
    stop_reason="end_turn",
    tool_calls=(
        ToolCall("c1", "Read cart.py", "read", "completed", (Location(CART.path, 3),)),
        ToolCall("c2", "Grep total", "search", "failed"),
    ),
    findings=("f-open", "f-dismissed"),
    cost_usd=0.5,
    usage=Usage(1000, 200, 3000, 400),
    document_hash="a" * 64,
    state="ended",
)
FAILED = Turn(
    id="22222222-0000-4000-8000-000000000002",
    session_id=REVIEWED.id,
    kind="ask",
    prompt="Is the second one real?",
    started_at=1_700_000_300.0,
    text="It is, be",
    ended_at=1_700_000_500.0,
    stop_reason="error",
    cost_usd=0.25,
    usage=Usage(10, 20, 30, 40),
    error=TurnError("overloaded", "The API is overloaded.", "Ask again.", retryable=True),
    state="ended",
)
CUT_OFF = Turn(
    id="22222222-0000-4000-8000-000000000003",
    session_id=SUCCESSOR.id,
    kind="debug",
    prompt="Why does checkout hang?",
    started_at=1_700_000_850.0,
    text="Looking at the zebra lock",
    state="interrupted",
)
QUEUED = Turn(
    id="22222222-0000-4000-8000-000000000004",
    session_id=SUCCESSOR.id,
    kind="step",
    prompt="And the next",
    started_at=1_700_000_860.0,
)


def _finding(name: str, **fields: object) -> Finding:
    made: dict[str, object] = {
        "id": name,
        "file": CART.path,
        "range": Range(Position(3, 4), Position(3, 14)),
        "severity": "error",
        "category": "bug",
        "title": "Total is never reset",
        "message": "The **second** order starts with the first one's total.",
        "quote": "total += x",
        "session_id": REVIEWED.id,
        "turn_id": REVIEW.id,
        "created_at": 1_700_000_150.0,
        "failure_scenario": "Two orders in a row.",
        "suggestion": "total = x",
        "verdict": "confirmed",
        "reviewers": ("correctness",),
        "context": Context(("def add(x):",), ("return total",)),
    }
    return Finding(**{**made, **fields})  # type: ignore[arg-type]


OPEN = _finding("f-open")
DISMISSED = _finding(
    "f-dismissed", state="dismissed", severity="hint", category="naming", reason="Intended"
)
STALE = _finding("f-stale", state="stale", anchor="lost", suggestion=None, verdict=None)
FINDINGS = (OPEN, DISMISSED, STALE)


async def fill(store: Store) -> None:
    """Write it; the turn that runs is left running, as by a process that is killed next."""
    for session in SESSIONS:
        await store.add_session(session)
    for turn in (REVIEW, FAILED):
        await store.begin_turn(turn)
        await store.start_turn(turn.id, session_id=turn.session_id, started_at=turn.started_at)
    for finding in FINDINGS:
        await store.save_finding(finding)
    for turn in (REVIEW, FAILED):
        await store.end_turn(turn)
    for turn in (CUT_OFF, QUEUED):
        await store.begin_turn(turn)
    await store.start_turn(CUT_OFF.id, session_id=CUT_OFF.session_id, started_at=CUT_OFF.started_at)


def written_by(version: int) -> Path:
    """Where the store that schema `version` made is kept."""
    return FOLDER / f"v{version}.sql"


def restore(version: int, path: Path) -> None:
    """Make a store file of what is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(written_by(version).read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")


def dumped(path: Path) -> str:
    """A store as SQL, with the marks by which it is known."""
    with closing(connect(str(path))) as connection:
        marks = [
            f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"
            for name in ("application_id", "user_version")
        ]
        # What is in a full-text index follows as the tables below it, and cannot be given twice.
        index = connection.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
        )
        twice = tuple(f'INSERT INTO "{name}" VALUES' for (name,) in index)
        lines = (line for line in connection.iterdump() if not line.startswith(twice))
        return "\n".join([*lines, *marks, ""])


def tables_of(connection: Connection) -> dict[str, list[str]]:
    """The tables that hold something, and the columns of each; those of an index are its own."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%!_index!_%' ESCAPE '!'"
        )
    ]
    return {
        name: [column["name"] for column in connection.execute(f"PRAGMA table_info ({name})")]
        for name in names
    }


def _grown(version: int, path: Path) -> None:
    """The store of the version before, with the tables of this one and a row in each that is new."""
    restore(version - 1, path)
    with closing(connect(str(path))) as connection:
        migrate(connection, MIGRATIONS[:version])
        _leave_none_empty(connection)


def _leave_none_empty(connection: Connection) -> None:
    for table in tables_of(connection):
        if not connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]:
            _add_row(connection, table)


def _add_row(connection: Connection, table: str) -> None:
    """A row that says where each of its values stands; what refers to another table is right."""
    references = {
        row["from"]: f"(SELECT {row['to']} FROM {row['table']} LIMIT 1)"
        for row in connection.execute(f"PRAGMA foreign_key_list ({table})")
    }
    values = {
        column["name"]: references.get(column["name"])
        or ("7" if column["type"] in {"INTEGER", "REAL"} else f"'{table}.{column['name']}'")
        for column in connection.execute(f"PRAGMA table_info ({table})")
    }
    connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    )


async def _written(path: Path) -> None:
    """What this version itself writes."""
    original = path.with_name("original.sqlite3")
    async with open_store(original) as store:
        await fill(store)
        with closing(connect(str(original))) as source, closing(connect(str(path))) as target:
            source.backup(target)  # now: as it is while the turn runs
            _leave_none_empty(target)


async def _main() -> None:
    newest = len(MIGRATIONS)
    for version in range(2, newest + 1):
        if not written_by(version).exists():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "sidecar.sqlite3"
                if version == newest:
                    await _written(path)
                else:  # it was never released, and only its migration is there
                    _grown(version, path)
                written_by(version).write_text(dumped(path), encoding="utf-8")


if __name__ == "__main__":
    anyio.run(_main)
