"""Where a path really leads: inside the folders that are open, or out of them.

A path is judged by where it leads once every link in it is followed, on the disk as it is at that
moment. What is then opened is that place and not the path as it was given, so that a link which is
bent between the judgement and the use leads nowhere new.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar.sessions.keys import canonical_path, is_inside

_WILD = frozenset("*?[")
_BRACES = 4


@dataclass(frozen=True, slots=True)
class Confinement:
    """The folders that a turn stays in.

    :param workspace: the canonical path that relative paths belong to.
    :param folders: canonical paths of all folders that are open beside it.
    """

    workspace: str
    folders: tuple[str, ...] = ()

    def resolve(self, path: str) -> str | None:
        """The canonical place that a path leads to; None for what can be no path."""
        if "\0" in path:
            return None
        try:
            return canonical_path(os.path.join(self.workspace, _at_home(path)))  # noqa: PTH118
        except (OSError, ValueError):  # a loop of links, a name too long
            return None

    def holds(self, place: str) -> bool:
        """Whether a canonical path is one of the folders or lies in one."""
        return any(
            place == folder or is_inside(place, folder)
            for folder in (self.workspace, *self.folders)
        )

    def within(self, place: str) -> str:
        """A canonical path from the folder that holds it on: what lies above is not in question."""
        holders = [each for each in (self.workspace, *self.folders) if is_inside(place, each)]
        return place.removeprefix(max(holders, key=len, default="")).lstrip("/")

    def is_inside(self, path: str) -> bool:
        """Whether a path, however it is spelled, leads to a place inside."""
        place = self.resolve(path)
        return place is not None and self.holds(place)

    def glob_stays_inside(self, pattern: str, base: str | None = None) -> bool:
        """Whether a pattern of file names can only meet what is inside.

        :param base: the folder that it belongs to, if it is not the workspace.
        """
        spellings = {pattern.replace("\\", ""), pattern.replace("\\", "/")}
        return all(
            self._one_stays_inside(alternative, base or "")
            for spelling in spellings
            for alternative in _alternatives(spelling)
        )

    def _one_stays_inside(self, pattern: str, base: str) -> bool:
        names = pattern.split("/")
        wild = next((at for at, name in enumerate(names) if _WILD & set(name)), len(names))
        fixed = "/".join(names[:wild]) or ("/" if pattern.startswith("/") else "")
        return ".." not in names[wild:] and self.is_inside(os.path.join(base, fixed))  # noqa: PTH118


def _at_home(path: str) -> str:
    if not path.startswith("~"):
        return path
    try:
        return str(Path(path).expanduser())
    except RuntimeError:  # `~nobody`: a file of that name
        return path


def _alternatives(pattern: str) -> list[str]:
    """What a pattern's braces come to. Of braces that are nested or many nobody can tell: they
    come to the root of the file system.
    """
    if pattern.count("{") > _BRACES or re.search(r"\{[^}]*\{", pattern):
        return ["/"]
    found = re.fullmatch(r"([^{}]*)\{([^{}]*)\}(.*)", pattern, re.DOTALL)
    if found is None:
        return [pattern]
    before, inner, after = found.groups()
    return [each for part in inner.split(",") for each in _alternatives(before + part + after)]
