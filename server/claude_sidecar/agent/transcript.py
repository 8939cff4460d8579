"""Whether somebody else has gone on with a conversation since a process of ours last read it.

A running process knows what it was told itself and what its transcript held when it started. Others
write to the same file: another window's process, or a person's in a terminal. A process that does
not know of that would answer as if nothing had been said, and leave it out of the conversation.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from claude_sidecar.agent.projects import SUFFIX, Projects
from claude_sidecar.sessions.ports import AgentOptions


class Transcript:
    """A session's transcript, as far as a process of ours knows it: now, and after each `read`."""

    def __init__(self, session_id: str, options: AgentOptions) -> None:
        self._session_id = session_id
        self._projects = Projects(options)
        self._path: Path | None = None
        self._known = self._size()

    def read(self) -> None:
        """Our process knows all that is in it now."""
        self._known = self._size()

    def has_grown(self) -> bool:
        """Whether somebody has said something in it that our process does not know.

        Claude Code also notes other things there, at any time. A file that is gone is not grown:
        the process knows more than it.
        """
        size = self._size()
        if size == self._known or not size:
            return False
        return size < self._known or self._is_spoken(self._known)

    def _size(self) -> int:
        if self._path is None or not self._path.exists():
            self._path = self._found()
        with suppress(OSError):
            return 0 if self._path is None else self._path.stat().st_size
        return 0

    def _found(self) -> Path | None:
        with suppress(OSError):
            project = self._projects.find(self._session_id)
            if project is not None:
                return self._projects.root / project / f"{self._session_id}{SUFFIX}"
        return None

    def _is_spoken(self, start: int) -> bool:
        if self._path is None:
            return False
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(start)
            return any(_is_said(line) for line in file)
        return False


def _is_said(line: bytes) -> bool:
    with suppress(ValueError, RecursionError):
        match json.loads(line):
            case {"type": "user" | "assistant"}:
                return True
            case _:
                return False
    return False
