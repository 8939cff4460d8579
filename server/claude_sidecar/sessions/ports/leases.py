"""What the domain needs so that a session has one writer: a line for each session, in the store.

Whoever wants to write in a session joins its line; who stands first has the session until it
leaves. Places are told apart by their turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a session's line, taken by a process that is not ours.

    :param process: that process's id.
    :param beat: another number after each sign of life. Who judges by it needs no clock in common.
    :param certain: whether the system tells when that process is dead, so that a silent one is
        known to live; else silence is all there is to judge by.
    :param has_it: whether it has the session; else it stood in line before us.
    """

    turn_id: str
    process: int
    beat: int
    certain: bool
    has_it: bool


class LeaseRecords(Protocol):
    """The lines. Places of processes that are dead are gone by themselves."""

    async def join_line(self, session_id: str, turn_id: str) -> Place | None:
        """Join a session's line, if the turn is not in it: None if it has the session now, else
        the place that is before it.
        """
        ...

    async def leave_line(self, turn_id: str) -> None:
        """Give up the turn's place, and with it the session if it had it."""
        ...

    async def drop_place(self, place: Place) -> None:
        """Take a place away from a process that gives no sign of life, unless it has since."""
        ...

    async def move_place(self, turn_id: str, session_id: str) -> None:
        """The turn goes on in another session, which is new: have that one instead."""
        ...

    async def keep_places(self) -> frozenset[str]:
        """Give a sign of life for all places of this process: the turns that still have one."""
        ...
