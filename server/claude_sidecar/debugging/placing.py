"""From a path that a program printed to a file of the workspace.

What is printed is seldom the file's path here: it is relative to some folder, a URI, a path in a
container or on the machine of a CI, in Windows' spelling, a bundler's. The longest end of it that
names a file in a workspace folder counts; where none does, the one file in it that ends alike.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote

from claude_sidecar.debugging.model import Failure, Frame
from claude_sidecar.debugging.origins import is_library

FILES_LIMIT: Final = 50_000
INDEX_SECONDS: Final = 2.0
"""How many files of a workspace are looked at for a name, and for how long."""
_PARTS_LIMIT: Final = 40
_SKIPPED: Final = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__",
     "site-packages", "target", ".gradle", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".idea",
     "vendor", "bower_components", ".next", ".cache"}
)  # fmt: skip
_SCHEME: Final = re.compile(
    r"(?:webpack-internal|webpack|app|vite|rollup|turbopack|capacitor|ng):/{2,3}(.*)$"
)
_HTTP: Final = re.compile(r"https?://[^/]{1,300}/(.*)$")
_DRIVE: Final = re.compile(r"/?([A-Za-z]):[\\/]")

Origin = Literal["own", "library", "elsewhere"]
"""Of the workspace; of a library or a standard library; of neither, as far as can be told."""


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A frame, and where its code is.

    :param path: the canonical path of the workspace's file; None where it is not one.
    """

    frame: Frame
    origin: Origin
    path: str | None = None


class Locator:
    """Finds the files of frames. It looks at the disk; use it in a thread.

    :param folders: the canonical paths of the workspace folders, the likeliest first.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = [folder.rstrip("/") for folder in folders]
        self._found: dict[tuple[str, str | None], str | None] = {}

    def place(self, frame: Frame) -> PlacedFrame:
        """A frame with its file."""
        if frame.library or frame.file is None:
            return PlacedFrame(frame, "library" if frame.library else "elsewhere")
        key = (frame.file, frame.package)
        if key not in self._found:
            self._found[key] = self._find(frame.file, frame.package)
        path = self._found[key]
        if path is not None:
            return PlacedFrame(frame, "own", path)
        return PlacedFrame(frame, "library" if is_library(frame.file) else "elsewhere")

    def _find(self, printed: str, package: str | None) -> str | None:
        path = plain_path(printed)
        if not path or "\0" in path:
            return None
        for folder in self._folders:
            if path.startswith(f"{folder}/") and (found := self._file(folder, path[len(folder) :])):
                return found
        if is_library(printed) or is_library(path):
            return None
        parts = [part for part in path.split("/") if part not in ("", ".")][-_PARTS_LIMIT:]
        whole = ([*package.split("/")] if package else []) + parts
        while whole[:1] == [".."]:
            del whole[0]
        for start in range(len(whole)):
            for folder in self._folders:
                if found := self._file(folder, "/".join(whole[start:])):
                    return found
        return self._by_name(whole)

    def _file(self, folder: str, relative: str) -> str | None:
        """The canonical path of a file below a folder, also through links, unless a library's."""
        try:
            path = os.path.realpath(f"{folder}/{relative.lstrip('/')}").replace(os.sep, "/")
            inside = path.startswith(f"{folder}/") and Path(path).is_file()
        except (OSError, ValueError):
            return None
        return path if inside and not is_library(path[len(folder) :]) else None

    def _by_name(self, parts: Sequence[str]) -> str | None:
        """The one file whose path has the longest end in common."""
        best: list[str] = []
        most = 0
        for candidate in self._names.get(parts[-1] if parts else "", ()):
            common = _common_end(candidate.split("/"), parts)
            if common > most:
                best, most = [candidate], common
            elif common == most:
                best.append(candidate)
        if len(best) != 1:
            return None
        folder = next(each for each in self._folders if best[0].startswith(f"{each}/"))
        return self._file(folder, best[0][len(folder) :])

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in _files(self._folders):
            names.setdefault(path.rpartition("/")[2], []).append(path)
        return names


def plain_path(printed: str) -> str:
    """A path with `/`, without scheme, host, query and drive.

    >>> plain_path("file:///C:/shop/a%20b.js")
    '/shop/a b.js'
    """
    path = printed.strip()
    if path.startswith("file:"):
        path = unquote(path.removeprefix("file:"))
        path = "/" + path.lstrip("/")
    elif matched := _SCHEME.match(path):
        path = matched[1].partition("?")[0]
        first, _, rest = path.partition("/./")  # webpack://NAME/./src/a.js
        path = rest if rest and "/" not in first else path
    elif matched := _HTTP.match(path):
        path = unquote(matched[1]).partition("?")[0].partition("#")[0]
    if drive := _DRIVE.match(path):
        path = path[drive.end() - 1 :]
    return path.replace("\\", "/")


def placed_frames(failure: Failure, locator: Locator) -> list[PlacedFrame]:
    """All frames of a failure and of what is related to it, the nearest to the cause first.

    What an exception was caused by is where it failed first; what it was raised while handling, and
    what other threads did, comes after.
    """
    return [locator.place(frame) for each in by_nearness(failure) for frame in each.frames]


def by_nearness(failure: Failure) -> Iterator[Failure]:
    """A failure and its relations, the innermost cause first."""
    for each in failure.related:
        if each.relation == "caused by":
            yield from by_nearness(each.failure)
    yield failure
    for relation in (
        "in group",
        "while handling",
        "suppressed",
        "freed",
        "allocated",
        "another thread",
    ):
        for each in failure.related:
            if each.relation == relation:
                yield from by_nearness(each.failure)


def innermost(frames: Sequence[PlacedFrame]) -> PlacedFrame | None:
    """The first frame of the user's own code that has a line, else the first without."""
    own = [each for each in frames if each.path is not None]
    return next((each for each in own if each.frame.line is not None), own[0] if own else None)


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count


def _files(folders: Sequence[str]) -> Iterator[str]:
    """The files of workspaces, without what was installed or built there."""
    until = time.monotonic() + INDEX_SECONDS
    count = 0
    for folder in folders:
        for parent, below, names in os.walk(folder):
            below[:] = [each for each in below if each not in _SKIPPED]
            for name in names:
                yield f"{parent.replace(os.sep, '/')}/{name}"
                count += 1
            if count > FILES_LIMIT or time.monotonic() > until:
                return
