"""The tables, as the list of steps that led to them.

`PRAGMA user_version` counts the steps that a database has been through. Each is one function and
one transaction; one that was ever released is never changed again, the next one is appended.
Their functions are in the modules of the tables that they make or change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from claude_sidecar.errors import StoreError, StoreTooNew
from claude_sidecar.store.checkpoint_table import add_checkpoint_sizes, add_checkpoints
from claude_sidecar.store.connection import Connection, transaction
from claude_sidecar.store.consent_tables import add_consent
from claude_sidecar.store.lease_table import add_leases
from claude_sidecar.store.ledger_table import add_ledger, add_prompt_sizes
from claude_sidecar.store.session_tables import (
    add_branches,
    add_notices,
    add_places_in_the_index,
    add_sessions_turns_findings,
    add_verifications,
)
from claude_sidecar.store.transcript_tables import add_transcripts

Migration: TypeAlias = Callable[[Connection], None]

APPLICATION_ID = 0x434C5344
"""`CLSD`: tells our databases from those of other programs."""


MIGRATIONS: tuple[Migration, ...] = (
    add_sessions_turns_findings,
    add_checkpoints,
    add_branches,
    add_transcripts,
    add_ledger,
    add_leases,
    add_consent,
    add_prompt_sizes,
    add_notices,
    add_verifications,
    add_places_in_the_index,
    add_checkpoint_sizes,
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
