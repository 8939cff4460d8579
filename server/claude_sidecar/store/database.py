"""The database, on the disk as long as that can be written, else in memory.

A change is a function of a connection, so that it can be made again: when the disk is full or
read-only, the database goes on as a copy in memory, changes are made there and remembered in
their order, and with a later change all of them are made up for on the disk. Whoever calls
notices nothing but :attr:`Database.health`. Everything here runs in the worker's thread.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeAlias, TypeVar

from claude_sidecar.errors import SidecarError, StoreError
from claude_sidecar.sessions.ports import StoreHealth
from claude_sidecar.store.connection import (
    BUSY_SECONDS,
    Connection,
    connect,
    disk_trouble,
    is_damaged_file,
    is_locked,
    savepoint,
    transaction,
)
from claude_sidecar.store.opening import (
    UnusableDiskError,
    mark_damaged,
    open_file,
    read_into_memory,
)
from claude_sidecar.store.salvage import Saved
from claude_sidecar.store.schema import migrate

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]


class Database:
    """One store's database.

    :param prepare: is given each connection that is opened, before any other use.
    :param detach: is given a copy in memory, which other processes do not see.
    :param retry_seconds: how long to leave a disk alone that could not be written.
    :raises StoreError: if the store must be left untouched, or another process holds it.
    """

    def __init__(
        self, path: Path, *, prepare: Work[None], detach: Work[None], retry_seconds: float
    ) -> None:
        self._path = path
        self._prepare = prepare
        self._detach = detach
        self._retry_seconds = retry_seconds
        self._retry_at = 0.0
        self._owed: list[Work[object]] = []
        self._memory: Connection | None = None
        self._trouble = ""
        self._set_aside: Path | None = None
        self._saved = Saved(0, 0)
        self._disk: Connection | None = None
        try:
            self._open_disk()
        except UnusableDiskError as error:
            self._go_on_in_memory(str(error))

    @property
    def health(self) -> StoreHealth:
        """Where it is, and whether it can write there."""
        problems: list[str] = []
        if self._set_aside is not None:
            saved = self._saved
            kept = f"{saved.sessions} sessions with {saved.turns} turns could be read and are kept"
            problems.append(
                f"The store was damaged. It was set aside as {self._set_aside}, and a new one was "
                f"begun: {kept if saved.sessions else 'nothing of it could be read'}."
            )
        if self._memory is not None:
            problems.append(
                f"{self._path} cannot be written: {self._trouble}. Sessions are kept in memory, "
                "and saved as soon as there is room and permission."
            )
        return StoreHealth(str(self._path), self._memory is None, " ".join(problems) or None)

    def read(self, query: Work[T]) -> T:
        """The result of a query, all of it seen at one moment.

        :raises StoreError: if it cannot be had.
        """
        try:
            return self._run(query, begin="BEGIN")
        except sqlite3.Error as error:
            if self._memory is not None or (trouble := disk_trouble(error)) is None:
                raise self._mapped(error) from error
            self._go_on_in_memory(trouble)
            return self.read(query)

    def write(self, change: Work[T]) -> T:
        """Make a change, whole or not at all.

        :raises StoreError: if it cannot be made.
        """
        if self._memory is not None and time.monotonic() >= self._retry_at:
            self._return_to_disk()
        try:
            result = self._run(change, begin="BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if self._memory is not None or (trouble := disk_trouble(error)) is None:
                raise self._mapped(error) from error
            self._go_on_in_memory(trouble)
            result = self._run(change, begin="BEGIN IMMEDIATE")
        if self._memory is not None:
            self._owed.append(change)
        return result

    def on_disk(self, query: Work[T]) -> T | None:
        """While the database is kept in memory: the result of a query of the file, in which others
        may still write. None if that is not so, or it cannot be read.
        """
        if self._memory is None:
            return None
        try:
            with closing(connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as connection:
                return query(connection)
        except sqlite3.Error:
            return None

    def close(self) -> None:
        """Save what is still owed to the disk, if that can be done now."""
        if self._memory is not None and self._owed:
            self._return_to_disk()
        if self._memory is not None and self._owed:
            logger.error("%d changes could not be saved: %s", len(self._owed), self.health.problem)
        for connection in (self._disk, self._memory):
            if connection is not None:
                connection.close()

    def _run(self, work: Work[T], *, begin: str) -> T:
        connection = self._memory or self._disk
        if connection is None:
            raise StoreError(f"The store {self._path} is closed.")
        with transaction(connection, begin):
            return work(connection)

    def _open_disk(self) -> Connection:
        opened = open_file(self._path, prepare=self._prepare)
        if opened.set_aside is not None:
            self._set_aside, self._saved = opened.set_aside, opened.saved
        self._disk = opened.connection
        return opened.connection

    def _go_on_in_memory(self, trouble: str) -> None:
        self._trouble = trouble
        self._retry_at = time.monotonic() + self._retry_seconds
        logger.info("The store %s is kept in memory: %s", self._path, trouble)
        self._memory = self._copied_disk() or read_into_memory(self._path)
        self._prepare(self._memory)
        self._detach(self._memory)

    def _copied_disk(self) -> Connection | None:
        if self._disk is None:
            return None
        memory = connect(":memory:")
        try:
            self._disk.backup(memory)
        except sqlite3.Error:
            memory.close()
            return None
        else:
            migrate(memory)
            return memory
        finally:
            with suppress(sqlite3.Error):
                self._disk.close()
            self._disk = None

    def _return_to_disk(self) -> None:
        """Make up for all changes on the disk, in one transaction, if it has room again."""
        self._retry_at = time.monotonic() + self._retry_seconds
        try:
            disk = self._open_disk()
        except (UnusableDiskError, StoreError) as error:
            self._trouble = str(error)
            return
        try:
            with transaction(disk):
                for change in self._owed:
                    _make_up_for(change, disk)
        except sqlite3.Error as error:
            self._trouble = disk_trouble(error) or str(error)
            self._disk = None
            disk.close()
            return
        logger.info("The store %s is written again: %d changes", self._path, len(self._owed))
        self._owed.clear()
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _mapped(self, error: sqlite3.Error) -> StoreError:
        if is_locked(error):
            return StoreError(
                f"Another process held the store {self._path} for more than "
                f"{BUSY_SECONDS:.0f} seconds."
            )
        if is_damaged_file(error):
            mark_damaged(self._path)
            return StoreError(
                f"The store {self._path} is damaged ({error}). "
                "It is set aside, and a new one begun, when claude-sidecar starts next."
            )
        return StoreError(f"The store {self._path} failed: {error}")


def _make_up_for(change: Work[object], disk: Connection) -> None:
    try:
        with savepoint(disk):
            change(disk)
    except (SidecarError, sqlite3.IntegrityError) as error:
        # Another process has deleted or made what the change is about, and that holds.
        logger.warning("A change kept in memory has no place any more: %s", error)
