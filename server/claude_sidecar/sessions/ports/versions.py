"""What the domain needs of version control: what has changed, and what stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

WORKING: Final = "working"
"""All that is not committed: in the work tree and in the index, new files too."""
STAGED: Final = "staged"
"""What the next commit would hold."""

FileStatus: TypeAlias = Literal["added", "modified", "deleted", "renamed", "untracked"]


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is another than it was.

    :param path: relative to the workspace, with `/`.
    :param old_path: what it was called before; None unless it was renamed.
    """

    path: str
    status: FileStatus
    old_path: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed files of a workspace.

    :param base: as it was asked for: `WORKING`, `STAGED`, or a revision.
    :param revision: what the files are compared with.
    """

    base: str
    revision: str
    files: tuple[ChangedFile, ...]


class VersionControl(Protocol):
    """Reads, and never changes, the version control of a workspace, given by its canonical path."""

    async def changes(self, workspace: str, base: str, paths: Sequence[str]) -> Changes:
        """The files that differ from a base.

        :param base: `WORKING`, `STAGED`, or a revision: then what lies between its merge base with
            the current one and the work tree. Untracked files count, except with `STAGED`.
        :param paths: files or folders, relative to the workspace, to look at; none means all.
        :raises InvalidRequest: if the workspace is not under version control, or there is no such
            base.
        """
        ...

    async def patch(self, workspace: str, changes: Changes, file: ChangedFile) -> str:
        """How a file has changed, as the hunks of a unified diff; empty where no lines tell (a
        binary file, another mode, another name).
        """
        ...

    async def text_before(self, workspace: str, changes: Changes, path: str) -> str | None:
        """The text of a file in the base; None if it was not there."""
        ...

    async def ignored(self, workspace: str, path: str) -> bool:
        """Whether version control is told to leave a file out."""
        ...
