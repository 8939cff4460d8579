"""What can be read of a damaged store, in a new one.

A page that is damaged costs what is on it, and not the rest: each table is read row by row, and
where that fails, on behind the damage. What then refers to nothing is left out. Sessions that are
lost come back with Claude Code's own transcripts, where those are.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sidecar.errors import StoreError
from claude_sidecar.store.connection import Connection, connect, transaction
from claude_sidecar.store.schema import MIGRATIONS, Migration, check_is_ours, migrate, version_of

logger = logging.getLogger(__name__)

_FARTHEST = 2**48
"""No store has rows beyond this one."""

_DAMAGES = 1000
"""So many places in one table are read around; more than that is no table any more."""


@dataclass(frozen=True, slots=True)
class Saved:
    """How many there are in the new store."""

    sessions: int
    turns: int


def salvage(damaged: Path, target: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Saved:
    """Make a store in `target`, which is not there, of what can be read of a damaged one.

    It has the version of the damaged one. Where another process has made one meanwhile, that stays.
    """
    unfinished = target.with_name(f"{target.name}-salvaged-{os.getpid()}")
    has_log = damaged.with_name(f"{damaged.name}-wal").exists()
    try:
        # The second one makes no files beside it, and reads none.
        for access in ("mode=ro", "immutable=1") if has_log else ("immutable=1",):
            unfinished.unlink(missing_ok=True)
            try:
                saved = _salvaged(f"{damaged.as_uri()}?{access}", unfinished, migrations)
            except (sqlite3.Error, StoreError) as error:
                logger.info("Nothing can be read of %s: %s", damaged, error)
                continue
            if saved.sessions:
                with suppress(FileExistsError):
                    os.link(unfinished, target)
                return saved
    except OSError:
        logger.exception("What can be read of %s could not be saved", damaged)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return Saved(0, 0)


def _salvaged(damaged: str, unfinished: Path, migrations: Sequence[Migration]) -> Saved:
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(connect(damaged, uri=True)) as source, closing(connect(str(unfinished))) as target:
        source.text_factory = _text
        source.execute("PRAGMA writable_schema = ON")  # it may be shorter than it says
        check_is_ours(source, migrations)
        migrate(target, migrations[: version_of(source)])
        target.execute("PRAGMA foreign_keys = OFF")
        with transaction(target):
            for table in _tables(target):
                _copy(source, target, table)
            with suppress(sqlite3.Error):
                _add_by_index(source, target)
            _leave_out_what_hangs_in_the_air(target)
            for table in ("sessions", "turns"):
                target.execute(f"UPDATE {table} SET unindexed = 1")  # noqa: S608 - the store's own names
        counts = (
            target.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - likewise
            for table in ("sessions", "turns")
        )
        return Saved(*counts)


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return [name for (name,) in rows]


def _copy(source: Connection, target: Connection, table: str) -> None:
    columns = [row["name"] for row in target.execute(f"PRAGMA table_info ({table})")]
    insert = (
        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"  # noqa: S608 - the store's own names
        f" VALUES ({', '.join('?' for _ in columns)})"
    )
    for values in _rows(source, table, columns):
        with suppress(sqlite3.Error):  # what was read is no such row
            target.execute(insert, values)


def _rows(source: Connection, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """All rows that can be read."""
    names = ", ".join(columns)
    last = -1
    for _ in range(_DAMAGES):
        try:
            for row in source.execute(
                f"SELECT rowid, {names} FROM {table} WHERE rowid > ? ORDER BY rowid",  # noqa: S608 - the store's own names
                (last,),
            ):
                if row[0] <= last:
                    raise sqlite3.DatabaseError("its pages go round in a circle")
                last = row[0]
                yield tuple(row)[1:]
        except sqlite3.Error as error:
            if "no such column" in str(error):  # a table without row numbers, and a short one
                with suppress(sqlite3.Error):
                    yield from map(tuple, source.execute(f"SELECT {names} FROM {table}"))  # noqa: S608 - likewise
                return
            logger.info("Rows of %s behind %d are damaged: %s", table, last, error)
            last = _behind_damage(source, table, last)
            if last >= _FARTHEST:
                return
        else:
            return


def _behind_damage(source: Connection, table: str, last: int) -> int:
    """The first number behind which rows can be read again."""

    def can_be_read(behind: int) -> bool:
        try:
            source.execute(
                f"SELECT * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1",  # noqa: S608 - the store's own names
                (behind,),
            ).fetchone()
        except sqlite3.Error:
            return False
        return True

    step = 1
    while not can_be_read(last + step):
        step *= 2
        if last + step >= _FARTHEST:
            return _FARTHEST
    bad, good = last + step // 2, last + step
    while good - bad > 1:
        middle = (bad + good) // 2
        bad, good = (bad, middle) if can_be_read(middle) else (middle, good)
    return good


def _add_by_index(source: Connection, target: Connection) -> None:
    """Sessions whose rows are lost, by what their index says; for a title their first prompt must do.
    Each key has a current session in the end.
    """
    rows = source.execute(
        "SELECT number, id, workspace, file, updated_at FROM sessions INDEXED BY sessions_by_key"
    )
    with suppress(sqlite3.Error):
        for row in rows:
            target.execute(
                "INSERT OR IGNORE INTO sessions (number, id, workspace, file, created_at, updated_at,"
                " title, current, billed_usd, begun) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ifnull((SELECT"
                " substr(prompt, 1, 60) FROM turns WHERE session = ?1 ORDER BY number LIMIT 1),"
                " ifnull(?4, ?3)), 0, 0, 1)",
                tuple(row),
            )
    target.execute(
        "UPDATE sessions SET current = 1 WHERE number IN (SELECT s.number FROM sessions s"
        " WHERE NOT EXISTS (SELECT 1 FROM sessions o WHERE o.workspace = s.workspace"
        " AND o.file IS s.file AND (o.current OR (o.updated_at, o.id) > (s.updated_at, s.id))))"
    )


def _leave_out_what_hangs_in_the_air(connection: Connection) -> None:
    while broken := connection.execute("PRAGMA foreign_key_check").fetchall():
        for row in broken:
            connection.execute(f"DELETE FROM {row['table']} WHERE rowid = ?", (row["rowid"],))  # noqa: S608 - the store's own names


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
