"""A store with something of everything in it: written by one version, and read by every later one.

`python tests/support/everything.py` writes what this version makes of it to `tests/stores/vN.sql`,
where N is the version of its schema. Do that before a migration is added: the file is then an old
store, and a test opens each of them with today's code.
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
from claude_sidecar.store.connection import connect
from claude_sidecar.store.schema import MIGRATIONS
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


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sidecar.sqlite3"
        copy = path.with_name("copy.sqlite3")
        async with open_store(path) as store:
            await fill(store)
            with closing(connect(str(path))) as source, closing(connect(str(copy))) as target:
                source.backup(target)  # now: closing would not settle the turn, but let go of it
        written_by(len(MIGRATIONS)).write_text(dumped(copy), encoding="utf-8")


if __name__ == "__main__":
    anyio.run(_main)
