"""The tables, as the list of steps that led to them.

`PRAGMA user_version` counts the steps that a database has been through. Each is one function and
one transaction; one that was ever released is never changed again, the next one is appended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from claude_sidecar.errors import StoreError, StoreTooNew
from claude_sidecar.store.connection import Connection, transaction
from claude_sidecar.store.ledger_table import add_ledger, add_prompt_sizes
from claude_sidecar.store.transcript_tables import add_transcripts

Migration: TypeAlias = Callable[[Connection], None]

APPLICATION_ID = 0x434C5344
"""`CLSD`: tells our databases from those of other programs."""


def _sessions_turns_findings(connection: Connection) -> None:
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


def _checkpoints(connection: Connection) -> None:
    """Files as they were before a turn changed them, compressed; see `checkpoints`."""
    connection.execute(_CHECKPOINTS)
    connection.execute("CREATE INDEX checkpoints_by_path ON checkpoints (path)")
    connection.execute(
        "CREATE INDEX sessions_in_place_of ON sessions (recovered_from)"
        " WHERE recovered_from IS NOT NULL"
    )


_CHECKPOINTS = """
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (number) ON DELETE CASCADE,
    path TEXT NOT NULL,
    content BLOB,
    mode INTEGER,
    fingerprint TEXT NOT NULL,
    unkept TEXT,
    after TEXT,
    UNIQUE (turn, path)
)"""


def _branches(connection: Connection) -> None:
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


def _leases(connection: Connection) -> None:
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


def _consent(connection: Connection) -> None:
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


def _notices(connection: Connection) -> None:
    """What Claude is to be told with the next prompt of a session."""
    connection.execute("ALTER TABLE sessions ADD COLUMN notice TEXT NOT NULL DEFAULT ''")


def _verifications(connection: Connection) -> None:
    """What was seen of a fix, with the turn that made it."""
    connection.execute("ALTER TABLE turns ADD COLUMN verification TEXT")


def _index_by_session(connection: Connection) -> None:
    """Where the full-text index has a turn, which is a place that tells its session; see `search`."""
    connection.execute("ALTER TABLE turns ADD COLUMN indexed INTEGER")


def _checkpoint_sizes(connection: Connection) -> None:
    """How many bytes each kept content takes, to be summed up without a look at them."""
    connection.execute("ALTER TABLE checkpoints ADD COLUMN size INTEGER")
    connection.execute("UPDATE checkpoints SET size = length(content)")
    connection.execute(
        "CREATE INDEX checkpoints_kept ON checkpoints (number, size) WHERE size IS NOT NULL"
    )


MIGRATIONS: tuple[Migration, ...] = (
    _sessions_turns_findings,
    _checkpoints,
    _branches,
    add_transcripts,
    add_ledger,
    _leases,
    _consent,
    add_prompt_sizes,
    _notices,
    _verifications,
    _index_by_session,
    _checkpoint_sizes,
)


def version_of(connection: Connection) -> int:
    """How many migrations the database has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_is_ours(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Look, and touch nothing.

    :raises StoreTooNew: if a newer version of claude-sidecar wrote it.
    :raises StoreError: if another program did.
    """
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        return
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(
            "The database belongs to another program and is left untouched. "
            "Name another file in the setting store.url."
        )
    version = version_of(connection)
    if version > len(migrations):
        raise StoreTooNew(
            f"The store was written by a newer version of claude-sidecar (its format is {version}, "
            f"this version knows up to {len(migrations)}) and is left untouched. "
            "Update claude-sidecar, or name another file in the setting store.url."
        )


def migrate(
    connection: Connection,
    migrations: Sequence[Migration] = MIGRATIONS,
    *,
    keep_old: Callable[[int], None] | None = None,
) -> None:
    """Bring a database up to date; what is up to date already is only read.

    :param keep_old: called with the version of one that has data, before that is changed.
    :raises StoreTooNew: if another process brought it beyond what we know meanwhile.
    """
    found = version_of(connection)
    while version_of(connection) != len(migrations):
        with transaction(connection):
            check_is_ours(connection, migrations)  # under the lock: another may have been faster
            version = version_of(connection)
            if version == len(migrations):
                return
            if version and version == found and keep_old is not None:
                keep_old(version)
            migrations[version](connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version + 1}")
