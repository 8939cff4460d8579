"""What the domain needs of a store to put files back as they were before a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileState:
    """A file at one moment.

    :param content: its bytes; None where there was no file, or where they are not kept.
    :param mode: its permission bits; None where there was none, or it is the editor's buffer.
    :param fingerprint: tells equal contents from others; see :mod:`~claude_sidecar.sessions.rewinding.states`.
    :param unkept: why its content is not kept, though there was a file.
    """

    content: bytes | None
    mode: int | None
    fingerprint: str
    unkept: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file as it was before Claude first changed it in a turn.

    :param after: the fingerprint of what Claude last made of it in that turn; None where that is
        not known, because the process died meanwhile.
    """

    turn_id: str
    path: str
    before: FileState
    after: str | None = None


@dataclass(frozen=True, slots=True)
class CheckpointBounds:
    """How much is kept of what files were.

    :param since: what is of turns that were started before this time is given up.
    :param max_bytes: so much is kept at most, as the store has it; what is beyond is given up, the
        oldest first.
    :param too_old: why the one is not kept; `too_much`: why the other is not.
    """

    since: float
    max_bytes: int
    too_old: str
    too_much: str


class CheckpointRecords(Protocol):
    """Checkpoints, kept as long as the turns that they belong to. What the files were is not kept
    for as long: see `prune_checkpoints`.
    """

    async def save_checkpoints(
        self, checkpoints: Sequence[Checkpoint], *, replace: bool = False
    ) -> None:
        """Record what files are before a turn changes them.

        :param replace: in the place of those of that turn and file which have no `after` yet; else
            the first of a turn is kept.
        """
        ...

    async def settle_checkpoints(self, turn_id: str, after: Mapping[str, str]) -> None:
        """Record what a turn has made of files: a fingerprint by path. Where a file is what it
        was, nothing is kept.
        """
        ...

    async def checkpoints(self, turn_id: str) -> tuple[Checkpoint, ...]:
        """Those of a turn and of all later ones of its conversation, in order: also of the
        sessions that took a lost one's place, and not of forks.
        """
        ...

    async def prune_checkpoints(self, bounds: CheckpointBounds) -> int:
        """Give up contents that are out of bounds: how many. Their checkpoints stay, and tell why
        in `unkept`. A session in which a turn is queued or running, in any process, keeps all.
        """
        ...
