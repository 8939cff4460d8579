"""Which session key a path belongs to, however it was spelled.

A key's parts are canonical: links resolved, `/` between names, the spelling that the file system
itself has where it folds case, upper-case drive letters. The longest workspace folder that
contains a file is its workspace; a file outside all of them has the folder it lies in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath
from urllib.parse import quote, unquote, urlsplit

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import Key


def canonical_path(path: str | os.PathLike[str]) -> str:
    """The one spelling of an absolute path; a file that does not exist (yet) has one too."""
    real = os.path.realpath(path)
    drive, rest = os.path.splitdrive(real)
    return _spelled_as_stored(drive.upper() + rest).replace(os.sep, "/")


def path_from_uri(uri: str, *, field: str = "uri") -> str:
    """The canonical path that a `file:` URI names.

    :raises InvalidRequest: for another scheme, a remote host, or what is no URI.
    """
    parts = urlsplit(uri)
    if parts.scheme.lower() != "file":
        raise InvalidRequest(
            f"{uri!r} is not a file: only files on the disk can be worked on.", field=field
        )
    path = unquote(parts.path)
    if "\0" in path:
        raise InvalidRequest(f"{uri!r} contains a NUL character.", field=field)
    if parts.netloc and parts.netloc.lower() != "localhost":
        path = f"//{parts.netloc}{path}"
    elif len(path) > 2 and path[0] == "/" and path[2] == ":":
        path = path[1:]  # file:///c:/x
    if not path:
        raise InvalidRequest(f"{uri!r} names no path.", field=field)
    return canonical_path(path)


def uri_from_path(path: str) -> str:
    """The `file:` URI of an absolute path with `/`."""
    if path.startswith("//"):
        return "file:" + quote(path, safe="/:")
    return "file://" + ("" if path.startswith("/") else "/") + quote(path, safe="/")


class Workspaces:
    """The workspace folders that are open, and the keys of the files in them."""

    def __init__(self, folders: Iterable[str] = ()) -> None:
        self._folders: list[str] = []
        self.change(added=folders)

    @property
    def folders(self) -> tuple[str, ...]:
        """Canonical paths, in the order in which they were opened."""
        return tuple(self._folders)

    def change(self, *, added: Iterable[str] = (), removed: Iterable[str] = ()) -> None:
        """Open and close folders."""
        gone = {canonical_path(folder) for folder in removed}
        self._folders = [folder for folder in self._folders if folder not in gone]
        for folder in map(canonical_path, added):
            if folder not in self._folders:
                self._folders.append(folder)

    def key_of_file(self, path: str) -> Key:
        """The key of a file, given by any path to it."""
        file = canonical_path(path)
        holders = [folder for folder in self._folders if is_inside(file, folder)]
        workspace = max(holders, key=len) if holders else file.rpartition("/")[0] or "/"
        return Key(workspace, file[len(workspace.rstrip("/")) + 1 :])

    def key_of_workspace(self, path: str | None = None) -> Key:
        """The key of a workspace itself: of the folder given, or of the first one open."""
        if path is not None:
            return Key(canonical_path(path))
        return Key(self._folders[0] if self._folders else canonical_path(Path.cwd()))


def is_inside(path: str, folder: str) -> bool:
    """Whether a canonical path lies in a canonical folder."""
    return path.startswith(folder.rstrip("/") + "/")


def is_at(path: str, place: str) -> bool:
    """Whether a canonical path is that of a file or folder, or lies in it."""
    return path == place or is_inside(path, place)


def _spelled_as_stored(path: str) -> str:
    """Where the file system folds case, the spelling of the folder entries; elsewhere `path`."""
    if not _folds_case(path):
        return path
    pure = PurePath(path)
    spelled = Path(pure.anchor)
    for name in pure.parts[1:]:
        spelled /= _entry(spelled, name)
    return str(spelled)


def _folds_case(path: str) -> bool:
    """Whether the nearest existing part of `path` is also found under its other case."""
    probe = Path(path)
    while not probe.exists() or probe.name.swapcase() == probe.name:
        if probe.parent == probe:
            return False
        probe = probe.parent
    other = probe.with_name(probe.name.swapcase())
    try:
        return other.samefile(probe)
    except OSError:
        return False


def _entry(folder: Path, name: str) -> str:
    try:
        entries = [entry.name for entry in folder.iterdir()]
    except OSError:
        return name
    if name in entries:
        return name
    folded = name.casefold()
    return next((entry for entry in entries if entry.casefold() == folded), name)
