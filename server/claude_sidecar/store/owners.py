"""Which processes that share a store are still alive.

Every open store holds a lock on a file of its own in a folder beside the database, for as long
as it is open. The operating system lets go of the lock when the process ends, however it ends:
a turn whose owner's lock can be had was cut off. No process ids, which are used again, and no
clock.
"""

from __future__ import annotations

import errno
import os
import sys
import uuid
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_TRIES = 100


class Owners:
    """The owners of the store in one file, and this one among them.

    :ivar name: of this one; unique.
    """

    def __init__(self, database: Path) -> None:
        self.name = uuid.uuid4().hex
        self._folder = database.with_name(f"{database.name}-owners")
        self._lock: int | None = None

    @property
    def certain(self) -> bool:
        """Whether the others will be told when this one is dead."""
        return self._lock is not None

    def claim(self) -> None:
        """Hold this one's lock from now on. Harmless where it is held already.

        :raises OSError: if the folder cannot be written, or the file system knows no locks.
        """
        if self._lock is not None:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / self.name
        for _ in range(_TRIES):
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _is_locked(lock) and _is_same_file(lock, path):
                self._lock = lock
                return
            os.close(lock)  # whoever sweeps was faster, and has taken the file away
        raise OSError(errno.ENOLCK, "files cannot be locked here", str(path))

    def release(self) -> None:
        """Let go, and take the file away."""
        if self._lock is None:
            return
        path = self._folder / self.name
        with suppress(OSError):  # Windows removes no open file: the next to come sweeps it away
            path.unlink()
        os.close(self._lock)
        self._lock = None

    def is_alive(self, name: str) -> bool:
        """Whether the owner of that name still has the store open; if in doubt, it has."""
        if name == self.name:
            return True
        try:
            lock = os.open(self._folder / name, os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        try:
            return _is_locked(lock)
        finally:
            os.close(lock)

    def sweep(self) -> bool:
        """Take away the files of owners that are gone: whether there is no other now, for certain."""
        alone = self._lock is not None
        try:
            for path in self._folder.iterdir():
                if path.name != self.name:
                    alone = _remove_unless_locked(path) and alone
        except OSError:
            return False
        return alone


def _remove_unless_locked(path: Path) -> bool:
    lock = os.open(path, os.O_RDWR)
    try:
        if _is_locked(lock):
            return False
        path.unlink(missing_ok=True)  # while we hold it, so that nobody claims it meanwhile
        return True
    finally:
        os.close(lock)


def _is_locked(file: int) -> bool:
    """Whether another holds the lock; if none does, it is ours from now on.

    Where the file system knows no locks, every file counts as locked.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _is_same_file(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
