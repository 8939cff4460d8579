"""Which workspace a path belongs to when no editor says so.

What an editor would have opened is the likeliest: the top of the Git work tree. Else the current
folder, where it contains the file, else the file's own folder. So a review on the command line is
followed up in the editor, and the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.keys import Workspaces, canonical_path, is_inside
from claude_sidecar.sessions.model import Key


def workspace_of(path: str) -> str:
    """The canonical workspace folder of a file or folder."""
    place = canonical_path(path)
    folder = Path(place) if Path(place).is_dir() else Path(place).parent
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return canonical_path(candidate)
    here = canonical_path(Path.cwd())
    return here if is_inside(place, here) else canonical_path(folder)


def open_workspaces(paths: Sequence[str], chosen: str | None) -> Workspaces:
    """The workspaces of `paths` (of the current folder, where there are none), or the chosen one.

    :raises InvalidRequest: if the chosen one is not a folder.
    """
    if chosen is not None:
        if not Path(chosen).is_dir():
            raise InvalidRequest(f"--workspace {chosen}: there is no such folder.")
        return Workspaces([chosen])
    return Workspaces([workspace_of(path) for path in (paths or [os.curdir])])


def key_of(workspaces: Workspaces, file: str | None) -> Key:
    """The key of a file, or of the workspace itself where there is none."""
    return workspaces.key_of_workspace() if file is None else workspaces.key_of_file(file)


def shown_path(path: str) -> str:
    """A path as a person here would write it: relative where it lies below the current folder."""
    here = canonical_path(Path.cwd())
    return path[len(here.rstrip("/")) + 1 :] if is_inside(path, here) else path
