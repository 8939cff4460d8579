"""A connection to SQLite, its transactions, and what its errors mean for us.

SQLite tells its errors apart by code, but Python hands the code on only since 3.11; the messages
are the same in all versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, cast

from typing_extensions import override

BUSY_SECONDS = 5.0
"""How long a change waits for another process's to end."""

_DISK_TROUBLE = {
    "database or disk is full": "the disk is full",
    "attempt to write a readonly database": "it is read-only",
    "disk i/o error": "the disk reports errors",
    "unable to open database file": "it cannot be opened or made there",
}
_DAMAGED_FILE = (
    "file is not a database",
    "database disk image is malformed",
    "malformed database schema",
    "unsupported file format",
)
_LOCKED = ("database is locked", "database table is locked", "database schema is locked")


class Connection(sqlite3.Connection):
    """A connection that also takes text with halves of surrogate pairs.

    They come out of JSON that cut an emoji in two. UTF-8 has no place for them, so that SQLite
    cannot store them; two halves that meet again are joined, single ones become U+FFFD.
    """

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        try:
            return super().execute(sql, parameters)
        except UnicodeEncodeError:
            if isinstance(parameters, Mapping):
                named = cast(Mapping[str, object], parameters)
                return super().execute(sql, {k: _storable(v) for k, v in named.items()})
            return super().execute(sql, [_storable(value) for value in parameters])


def connect(database: str, *, uri: bool = False) -> Connection:
    """A connection without a transaction of its own making; use :func:`transaction`."""
    connection = sqlite3.connect(
        database, timeout=BUSY_SECONDS, isolation_level=None, factory=Connection, uri=uri
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def transaction(connection: Connection, begin: str = "BEGIN IMMEDIATE") -> Generator[None]:
    """All that is done inside, or nothing of it."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # some errors have rolled back already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: Connection) -> Generator[None]:
    """All that is done inside, or nothing of it, within a transaction."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def disk_trouble(error: sqlite3.Error) -> str | None:
    """What is wrong with the disk, in words, if it is the disk that is in the way."""
    message = str(error).lower()
    return next((said for known, said in _DISK_TROUBLE.items() if message.startswith(known)), None)


def is_damaged_file(error: sqlite3.Error) -> bool:
    """Whether what is in the file is no database, or not any more."""
    return str(error).lower().startswith(_DAMAGED_FILE)


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another process did not let go within :data:`BUSY_SECONDS`."""
    return str(error).lower().startswith(_LOCKED)


def _storable(value: object) -> Any:
    if not isinstance(value, str):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
