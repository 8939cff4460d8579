"""The tables of sessions, their turns and what was found in them, and what was added to them since."""

from __future__ import annotations

from claude_sidecar.store.connection import Connection


def add_sessions_turns_findings(connection: Connection) -> None:
    """Sessions by key, their turns, what was replied and found.

    A turn's `status` is `queued`, `running`, `ended` or `interrupted`; `owner` is who runs it.
    Replies lie apart from their turns, in as many parts as they came in while the turn runs and
    in one afterwards, so that to add to one costs the same however long it is, and to sum up
    turns reads no text. `unindexed` marks what the full-text index does not have yet.
    """
    for statement in (_SESSIONS, _TURNS, _REPLIES, _TOOL_CALLS, _FINDINGS, *_INDEXES):
        connection.execute(statement)


_SESSIONS = """
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    workspace TEXT NOT NULL,
    file TEXT,
    title TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    current INTEGER NOT NULL,
    billed_usd REAL NOT NULL,
    model TEXT,
    begun INTEGER NOT NULL,
    interrupted INTEGER NOT NULL DEFAULT 0,
    forked_from TEXT,
    recovered_from TEXT,
    unindexed INTEGER NOT NULL DEFAULT 1
)"""

_TURNS = """
CREATE TABLE turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT,
    begun INTEGER NOT NULL DEFAULT 0,
    started_at REAL NOT NULL,
    ended_at REAL,
    stop_reason TEXT,
    cost_usd REAL NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    error TEXT,
    findings TEXT,
    document_hash TEXT,
    unindexed INTEGER NOT NULL DEFAULT 1,
    prompt TEXT NOT NULL
)"""

_REPLIES = """
CREATE TABLE replies (
    part INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    text TEXT NOT NULL
)"""

_TOOL_CALLS = """
CREATE TABLE tool_calls (
    number INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    locations TEXT NOT NULL,
    UNIQUE (turn, id)
)"""

_FINDINGS = """
CREATE TABLE findings (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    file TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    start_character INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    end_character INTEGER NOT NULL,
    severity TEXT NOT NULL,
    category TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    quote TEXT NOT NULL,
    created_at REAL NOT NULL,
    failure_scenario TEXT,
    suggestion TEXT,
    verdict TEXT,
    state TEXT NOT NULL,
    anchor TEXT NOT NULL,
    reviewers TEXT NOT NULL,
    context TEXT NOT NULL,
    reason TEXT
)"""

_INDEXES = (
    "CREATE INDEX sessions_by_use ON sessions (updated_at, id)",
    "CREATE INDEX sessions_by_workspace ON sessions (workspace, updated_at, id)",
    "CREATE INDEX sessions_by_key ON sessions (workspace, file, updated_at, id)",
    "CREATE UNIQUE INDEX sessions_current ON sessions (workspace, ifnull(file, '')) WHERE current",
    "CREATE INDEX sessions_unindexed ON sessions (number) WHERE unindexed",
    "CREATE INDEX turns_by_session ON turns (session, number, cost_usd)",
    "CREATE INDEX turns_by_time ON turns (started_at)",
    "CREATE INDEX turns_open ON turns (session, owner) WHERE status IN ('queued', 'running')",
    "CREATE INDEX turns_unindexed ON turns (number) WHERE unindexed",
    "CREATE INDEX replies_by_turn ON replies (turn)",
    "CREATE INDEX findings_by_file ON findings (file)",
    "CREATE INDEX findings_by_turn ON findings (turn_id)",
    "CREATE INDEX findings_by_session ON findings (session_id, state)",
)


def add_branches(connection: Connection) -> None:
    """How turns and sessions hang together beyond their order.

    A turn's `request` is what was asked for, kept until it has ended well, so that it can be asked
    for again; `continues` and `retries` name the turn that it goes on with or does again;
    `compacted` is what was kept of the conversation when it was summarised in it. A fork has what
    was said up to its `fork_turn`. `context_used` and `context_max` are tokens.
    """
    for column in ("request", "continues", "retries", "compacted"):
        connection.execute(f"ALTER TABLE turns ADD COLUMN {column} TEXT")
    connection.execute("ALTER TABLE sessions ADD COLUMN fork_turn TEXT")
    for column in ("context_used", "context_max"):
        connection.execute(f"ALTER TABLE sessions ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")


def add_notices(connection: Connection) -> None:
    """What Claude is to be told with the next prompt of a session."""
    connection.execute("ALTER TABLE sessions ADD COLUMN notice TEXT NOT NULL DEFAULT ''")


def add_verifications(connection: Connection) -> None:
    """What was seen of a fix, with the turn that made it."""
    connection.execute("ALTER TABLE turns ADD COLUMN verification TEXT")


def add_places_in_the_index(connection: Connection) -> None:
    """Where the full-text index has a turn, which is a place that tells its session; see `search`."""
    connection.execute("ALTER TABLE turns ADD COLUMN indexed INTEGER")
