"""One writer for each session, across windows, editors and terminals.

Two processes that write one transcript tear the conversation apart, so that a turn first gets its
session to itself: from other sidecars by a line in the store, and from Claude Code that runs by
itself, in a user's terminal say, by waiting until that is done. Whoever waits is told for whom.

A dead process loses its session at once, because the system tells that it is dead. One that lives
but is silent keeps it, since it may still write; waiting for it ends in an error. No clock is read:
what counts is how often one has looked without seeing a sign of life.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from claude_sidecar.errors import SessionBusy, StoreError
from claude_sidecar.sessions.events import TurnWaiting
from claude_sidecar.sessions.ports import Agent, AgentOptions, LeaseRecords, Occupant, Place

logger = logging.getLogger(__name__)

LEASE_SECONDS = 10.0
"""How long a process that has a session may be silent before those that wait for it give up."""

BEATS = 5
"""Signs of life in that time."""

LOOK_SECONDS = 0.1
TELL_SECONDS = 0.3
"""What takes no longer is not worth a word."""


@dataclass(eq=False, slots=True)
class Claim:
    """That a turn wants a session to itself.

    :param workspace: the session's.
    :param stopping: set when it is no longer wanted.
    :param on_wait: told whom it waits for, each time that it is another.
    :param on_lost: called if another process has taken the session, which happens only where the
        system cannot tell that a process lives.
    """

    session_id: str
    turn_id: str
    workspace: str
    stopping: anyio.Event = field(default_factory=anyio.Event)
    on_wait: Callable[[TurnWaiting], None] = lambda _: None
    on_lost: Callable[[], None] = lambda: None
    has_it: bool = field(default=False, init=False)


class SessionLeases:
    """Gives out sessions. Run :meth:`keep` beside it.

    :param options: how Claude runs in a workspace, by its path.
    """

    def __init__(
        self,
        store: LeaseRecords,
        agent: Agent,
        options: Callable[[str], AgentOptions],
        *,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._agent = agent
        self._options = options
        self._lease_seconds = lease_seconds
        self._claims: dict[str, Claim] = {}
        self._wake = anyio.Event()

    @asynccontextmanager
    async def held(self, claim: Claim) -> AsyncGenerator[bool]:
        """Have a session inside the block; False if it was no longer wanted before it was had.

        :raises SessionBusy: if whoever has it is silent, or does not leave it.
        :raises StoreError: if the store cannot be written.
        """
        self._claims[claim.turn_id] = claim
        self._wake.set()
        try:
            claim.has_it = await self._waited(claim)
            yield claim.has_it
        finally:
            del self._claims[claim.turn_id]
            with anyio.CancelScope(shield=True):
                await self._leave(claim.turn_id)

    async def goes_on_in(self, turn_id: str, session_id: str) -> None:
        """The turn, which has a session, goes on in another, which is new."""
        await self._store.move_place(turn_id, session_id)

    async def keep(self) -> None:
        """Give signs of life for what is claimed, for ever."""
        while True:
            await self._wake.wait()
            await anyio.sleep(self._lease_seconds / BEATS)
            had = [claim for claim in self._claims.values() if claim.has_it]
            try:
                kept = await self._store.keep_places()
                for turn_id in kept - self._claims.keys():  # what could not be left then
                    await self._store.leave_line(turn_id)
            except StoreError:
                logger.exception("No sign of life could be given")
                continue
            for claim in had:
                if claim.turn_id in self._claims and claim.turn_id not in kept:
                    logger.warning("Session %s was taken by another process", claim.session_id)
                    claim.on_lost()
            if not self._claims and not kept:
                self._wake = anyio.Event()

    async def _waited(self, claim: Claim) -> bool:
        """Wait for the session: whether it is had."""
        looks = 0
        told: TurnWaiting | None = None
        silent_for = 0.0
        last: object = None
        while not claim.stopping.is_set():
            other = await self._in_the_way(claim)
            if other is None:
                return True
            waiting, sign = _told(other)
            silent_for = silent_for + LOOK_SECONDS if sign == last else 0.0
            last = sign
            if silent_for >= self._lease_seconds:
                await self._give_up_on(other, claim, waiting)
            if waiting != told and looks * LOOK_SECONDS >= TELL_SECONDS:
                claim.on_wait(waiting)
                told = waiting
            looks += 1
            with anyio.move_on_after(LOOK_SECONDS):
                await claim.stopping.wait()
        return False

    async def _in_the_way(self, claim: Claim) -> Place | Occupant | None:
        """Whoever has the session, or has it open. Both are looked for at once: a prompt waits."""
        occupant: Occupant | None = None
        place: Place | None = None
        trouble: Exception | None = None  # raised below, and not in a group of errors

        async def look() -> None:
            nonlocal occupant, trouble
            try:
                options = self._options(claim.workspace)
                occupant = await self._agent.occupant(claim.session_id, options)
            except Exception as error:  # noqa: BLE001 - raised below
                trouble = error

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(look)
            try:
                place = await self._store.join_line(claim.session_id, claim.turn_id)
            except StoreError as error:
                trouble = error
        if trouble is not None:
            raise trouble
        return place or occupant

    async def _give_up_on(
        self, other: Place | Occupant, claim: Claim, waiting: TurnWaiting
    ) -> None:
        """Whoever is in the way is silent: pass it by if that is safe.

        :raises SessionBusy: if it is not.
        """
        match other:
            case Place(certain=True, has_it=True):
                reason = f"has given no sign of life for {self._lease_seconds:.0f} seconds"
                raise SessionBusy(claim.session_id, waiting.who, reason)
            case Place():
                await self._store.drop_place(other)
            case Occupant():
                raise SessionBusy(claim.session_id, waiting.who, "has it open")

    async def _leave(self, turn_id: str) -> None:
        try:
            await self._store.leave_line(turn_id)
        except StoreError:
            logger.exception("The lease of turn %s is given back later", turn_id)


def _told(other: Place | Occupant) -> tuple[TurnWaiting, object]:
    """What is said of whoever is in the way, and what changes with each sign of life."""
    match other:
        case Place():
            return TurnWaiting("claude-sidecar", other.process), (other.turn_id, other.beat)
        case Occupant(busy=True):
            return TurnWaiting("claude", other.process), object()
        case Occupant():
            return TurnWaiting("claude", other.process), other.process
