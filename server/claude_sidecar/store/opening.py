"""How a store's file is opened, made, and set aside when it cannot be opened.

Nothing that was written is ever thrown away: a file that cannot be read is renamed and stays
where it is, one of an older version is copied before it is changed, one of a newer version or
of another program is not touched.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar.errors import StoreError
from claude_sidecar.store.connection import (
    Connection,
    connect,
    disk_trouble,
    is_damaged_file,
    is_locked,
)
from claude_sidecar.store.salvage import Saved, salvage
from claude_sidecar.store.schema import MIGRATIONS, Migration, check_is_ours, migrate

logger = logging.getLogger(__name__)

CHECK_BYTES = 32_000_000
"""Up to which size a file is searched for damage when it is opened: that takes about 30 ms."""

_COMPANIONS = ("-wal", "-shm", "-journal")


class UnusableDiskError(Exception):
    """The file can be neither written nor made, for the reason given."""


class _UnreadableFileError(Exception):
    """There is something, but no store that can be read."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A connection to an up-to-date store.

    :param set_aside: where the file went that could not be opened, if there was one.
    :param saved: what could be read of that, and is in the new one.
    """

    connection: Connection
    set_aside: Path | None = None
    saved: Saved = Saved(0, 0)


def open_file(
    path: Path,
    migrations: Sequence[Migration] = MIGRATIONS,
    *,
    prepare: Callable[[Connection], None] | None = None,
) -> OpenedFile:
    """Open the store in `path`, making or migrating it where needed.

    :param prepare: is given the connection last; damage that it meets counts like any other.
    :raises UnusableDiskError: if it cannot be written there.
    :raises StoreError: if it must be left untouched, or another process holds it.
    """
    set_aside: Path | None = None
    saved = Saved(0, 0)
    try:
        while True:
            _make(path)
            seen = path.stat()
            try:
                return OpenedFile(_opened(path, migrations, prepare), set_aside, saved)
            except _UnreadableFileError:
                if set_aside is not None:
                    raise UnusableDiskError("what is written there cannot be read back") from None
                if os.path.samestat(seen, path.stat()):  # else another process was faster
                    set_aside = _set_aside(path)
                    saved = salvage(set_aside, path, migrations)
                    logger.info("The store could not be read; it is now %s", set_aside)
    except OSError as error:
        raise UnusableDiskError(error.strerror or str(error)) from error


def read_into_memory(path: Path) -> Connection:
    """A store in memory with all that can be read of the one in `path`.

    :raises StoreTooNew: if what is there was written by a newer version.
    """
    memory = connect(":memory:")
    for access in ("mode=ro", "immutable=1"):  # the second one needs no writable folder
        try:
            with closing(connect(f"{path.as_uri()}?{access}", uri=True)) as connection:
                connection.backup(memory)
            check_is_ours(memory)
            break
        except sqlite3.Error:
            memory.close()
            memory = connect(":memory:")
    migrate(memory)
    return memory


def mark_damaged(path: Path) -> None:
    """Have the file set aside when it is opened next: damage can show late."""
    with suppress(OSError):
        _damage_mark(path).touch()


def _damage_mark(path: Path) -> Path:
    return path.with_name(f"{path.name}-damaged")


def _make(path: Path) -> None:
    """The file and its folder, for their owner's eyes only.

    A file that exists is never opened here: closing it would end the locks that other
    connections of this process hold on it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise StoreError(f"{path} is a folder, and the store is a file.") from None
        if os.access(path, os.R_OK | os.W_OK):
            with suppress(OSError):  # another user's, whose business that is
                path.chmod(0o600)


def _opened(
    path: Path,
    migrations: Sequence[Migration],
    prepare: Callable[[Connection], None] | None,
) -> Connection:
    if _damage_mark(path).exists() or not os.access(path, os.R_OK):
        raise _UnreadableFileError
    if not os.access(path, os.W_OK):
        raise UnusableDiskError("it is read-only")
    connection = connect(str(path))
    try:
        check_is_ours(connection, migrations)
        _look_for_damage(connection, path.stat().st_size)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection, migrations, keep_old=lambda version: _copy(path, version))
        if prepare is not None:
            prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise _mapped(error, path) from error
        if isinstance(error, StoreError):
            raise type(error)(f"{path}: {error}") from error
        raise
    return connection


def _mapped(error: sqlite3.Error, path: Path) -> Exception:
    if is_damaged_file(error):
        return _UnreadableFileError()
    if (trouble := disk_trouble(error)) is not None:
        return UnusableDiskError(trouble)
    if is_locked(error):
        return StoreError(f"Another program does not let go of the store {path}.")
    return StoreError(f"The store {path} cannot be opened: {error}")


def _look_for_damage(connection: Connection, size: int) -> None:
    if size > CHECK_BYTES:
        return
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _UnreadableFileError


def _copy(path: Path, version: int) -> None:
    """Keep the store as it was in `NAME.v1.bak`; one that is there already is the older."""
    target = path.with_name(f"{path.name}.v{version}.bak")
    if target.exists():
        return
    unfinished = path.with_name(f"{target.name}-{os.getpid()}")
    try:
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(connect(str(path))) as source, closing(connect(str(unfinished))) as copy:
            source.backup(copy)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _set_aside(path: Path) -> Path:
    """Rename the file and those that belong to it.

    :raises OSError: if the folder cannot be written.
    """
    name = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    target, number = path.with_name(name), 1
    while target.exists():
        number += 1
        target = path.with_name(f"{name}-{number}")
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(target.with_name(target.name + companion))
    path.rename(target)
    _damage_mark(path).unlink(missing_ok=True)
    return target
