"""What the domain needs of version control to tell how lines came to be as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LineChange:
    """A commit that changed certain lines.

    :param commit: its abbreviated name.
    :param date: the day, `YYYY-MM-DD`.
    :param patch: the hunks that are about the lines.
    """

    commit: str
    date: str
    subject: str
    patch: str


class LineHistory(Protocol):
    """Reads the history of lines; where there is none, or it takes long, it gives nothing."""

    async def committed_text(self, workspace: str, path: str) -> str | None:
        """The text of a file in the current commit; None if it is not there.

        :param path: relative to the workspace.
        """
        ...

    async def line_changes(
        self, workspace: str, path: str, first: int, last: int
    ) -> tuple[LineChange, ...]:
        """The latest commits that changed these lines of the committed text, the latest first.

        :param first: from 1, `last` included.
        """
        ...
