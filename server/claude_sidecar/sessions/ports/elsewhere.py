"""What the domain needs to know of sessions that Claude Code has without us.

The user may begin a session with `claude` in a terminal, or go on with one of ours there. All are
transcripts on the same disk.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.sessions.model import Key, Session, Turn
from claude_sidecar.sessions.ports.agent_options import AgentOptions
from claude_sidecar.sessions.ports.transcripts import TranscriptKey


@dataclass(frozen=True, slots=True)
class TranscriptFile:
    """A session's file: its size in bytes, and when it last changed."""

    size: int
    changed_at: float


@dataclass(frozen=True, slots=True)
class SaidElsewhere:
    """What a transcript says that nobody has put into the journal yet.

    :param turns: all that it has, those that are in the journal too, in their order.
    :param through: the number of the last line of the copy that they were read from.
    :param billed_usd: Claude Code's running total at its end, where that was told.
    """

    key: TranscriptKey
    turns: tuple[Turn, ...]
    through: int
    billed_usd: float | None = None


@dataclass(frozen=True, slots=True)
class TerminalCommand:
    """What is to be run in a terminal.

    :param argv: the program and its arguments.
    :param cwd: the folder in which.
    :param env: variables that must be set in addition.
    """

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]

    @property
    def quoted(self) -> str:
        """The program and its arguments as this system's shell wants them."""
        return subprocess.list2cmdline(self.argv) if os.name == "nt" else shlex.join(self.argv)


class ClaudeSessions(Protocol):
    """Claude Code's sessions on this machine."""

    async def files(self, options: AgentOptions) -> tuple[str, Mapping[str, TranscriptFile]]:
        """The project that the options' folder is, and the files of its sessions by id. Quick."""
        ...

    def file(
        self, session_id: str, options: AgentOptions
    ) -> tuple[TranscriptKey, TranscriptFile | None]:
        """A session's transcript in that project, and its file if there is one. Quick."""
        ...

    async def describe(
        self, session_ids: Sequence[str], options: AgentOptions
    ) -> tuple[Session, ...]:
        """Sessions of the project as they would be in the store; those in which nobody said
        anything, or of another folder, are left out.
        """
        ...

    async def find(self, session_id: str, options: AgentOptions) -> Session | None:
        """A session of any project, as it would be in the store; None if there is none."""
        ...

    async def said(self, session_id: str, options: AgentOptions) -> SaidElsewhere | None:
        """Take a transcript's news into its copy: what it says that is not in the journal; None if
        there is nothing. A process of ours that knows less than the transcript is ended.
        """
        ...

    async def hand_over(
        self, session_id: str, options: AgentOptions, env: Mapping[str, str]
    ) -> TerminalCommand:
        """End a session's process, see to it that its transcript is whole, and say how to go on
        with it in a terminal.

        :raises SessionNotResumable: if there is no transcript, nor a copy.
        """
        ...


class ElsewhereRecords(Protocol):
    """What the store knows of sessions and turns that were made elsewhere."""

    async def news_of(
        self, project: str, files: Mapping[str, TranscriptFile]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of the sessions that have these files: those that are neither known nor were deleted, and
        those known whose file was written to since they were last used and copied.
        """
        ...

    async def adopt(self, sessions: Sequence[Session]) -> None:
        """Record sessions that were made elsewhere; those that are known stay as they are."""
        ...

    async def add_said(self, session_id: str, said: SaidElsewhere) -> None:
        """Record the turns that were made elsewhere and are not in the journal."""
        ...

    async def bind(self, session_id: str, key: Key) -> None:
        """Give a session to another key, and have that continue it.

        :raises UnknownId: if there is none of that id.
        """
        ...

    async def successor_of(self, session_id: str) -> str | None:
        """The session that was begun in the place of a lost one."""
        ...
