"""What the domain needs of a store to keep copies of Claude Code's transcripts.

A transcript is a file of lines, each a JSON object. A session has one, and one for each subagent
that it started. The copy has the same lines; a mark says how much of the file it has taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from claude_sidecar.sessions.model import JsonObject


@dataclass(frozen=True, slots=True)
class TranscriptKey:
    """Which transcript.

    :param project: the name of the folder that Claude Code keeps it in.
    :param part: empty for the session's own; a subagent's path below the session's folder.
    """

    project: str
    session_id: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line of a file, without its end.

    :param uuid: of the entry, where it has one; a transcript has it once.
    """

    data: bytes
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """The beginning of a file: its size in bytes and its CRC-32."""

    size: int = 0
    checksum: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is known of a copy without reading its lines.

    :param mark: how much of the file it has taken in.
    :param whole: whether it is that part of the file, line for line. Else it has lines besides:
        the file lost some, or was written anew.
    :param modified_ms: when it was last added to, in milliseconds since the epoch.
    :param last: the number of its last line; numbers grow and are never used again.
    :param read: the number of the last line whose turns are in the journal.
    :param summary: what was folded out of its lines (see `append_transcript`).
    """

    key: TranscriptKey
    mark: Mark
    whole: bool
    modified_ms: int
    last: int
    read: int
    summary: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Lines were taken from a file.

    :param before: the copy's mark must be this, or somebody else was quicker.
    :param mark: the mark from now on.
    :param whole: see `Transcript.whole`.
    :param known: what is said in the lines is in the journal already.
    """

    before: Mark
    mark: Mark
    whole: bool
    known: bool


Summarise: TypeAlias = Callable[[JsonObject | None], JsonObject]


class TranscriptRecords(Protocol):
    """Copies of transcripts."""

    async def transcript(self, key: TranscriptKey) -> Transcript | None:
        """One copy; None if there is none."""
        ...

    async def transcripts_of(self, session_id: str) -> tuple[Transcript, ...]:
        """A session's own and its subagents', whatever the project; the last used first."""
        ...

    async def transcripts_in(self, project: str) -> tuple[Transcript, ...]:
        """Those of sessions themselves, not of subagents."""
        ...

    async def transcript_lines(self, key: TranscriptKey) -> tuple[TranscriptLine, ...] | None:
        """All lines, in the order in which they came; None if there is no copy."""
        ...

    async def append_transcript(
        self,
        key: TranscriptKey,
        lines: Sequence[TranscriptLine],
        *,
        taken: Taken | None = None,
        summarise: Summarise | None = None,
    ) -> bool:
        """Add lines to a copy, which is made where there is none. Entries that it has are left out.

        :param taken: where they are from; None where they are from no file.
        :param summarise: makes the summary out of the one before; called within the change, and
            again if that has to be made again.
        :returns: False, and nothing was changed, if the mark was another than `taken.before`.
        """
        ...

    async def replace_transcript(
        self, key: TranscriptKey, lines: Sequence[TranscriptLine], mark: Mark, *, known: bool
    ) -> None:
        """Make it these lines, which are the file's up to `mark`.

        :param known: what is said in them is in the journal already.
        """
        ...

    async def move_transcripts(self, session_id: str, project: str) -> None:
        """The session belongs to another project now."""
        ...

    async def delete_transcript(self, key: TranscriptKey) -> None:
        """Delete it; a session's own goes with its subagents'."""
        ...
