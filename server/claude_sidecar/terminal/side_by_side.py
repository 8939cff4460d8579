"""Turns, run side by side and seen one after the other.

The first turn that is not over is shown as it happens. What the others do meanwhile is kept, and
shown when those before them are over: the output reads as if each had waited for its turn. Ctrl-C
cancels all of them; once more gives up at once.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from anyio.from_thread import BlockingPortal
from typing_extensions import assert_never

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.sessions.events import Update
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import TurnRequest
from claude_sidecar.terminal.editor import AnswersAsked, PermissionAsked, Slot

if TYPE_CHECKING:
    from claude_sidecar.sessions.planning.running_turn import RunningTurn
    from claude_sidecar.sessions.turns.service import TurnService
    from claude_sidecar.terminal.person import Person

R = TypeVar("R")

Outcome: TypeAlias = TurnResult | InvalidRequest
"""What became of a request: a turn's result, or why none could begin."""

SILENCE_SECONDS = 0.2
"""Nothing has come for so long: what was held back of a reply can be shown as it is. Without any
limit Windows would not let Ctrl-C through either.
"""


@dataclass(frozen=True, slots=True)
class Over:
    """A turn is over: its result, or why there is none."""

    turn_id: str
    result: TurnResult | BaseException


Item: TypeAlias = Update | PermissionAsked | AnswersAsked | Over
"""What comes over from the sidecar's thread."""


class TurnView(Protocol):
    """Who watches a turn."""

    def show(self, update: Update) -> None:
        """Something happened in the turn; in order."""
        ...

    def settle(self) -> None:
        """Nothing more has come for a while."""
        ...

    def interrupted(self) -> None:
        """Ctrl-C was pressed, and the turn is being cancelled."""
        ...


class Unseen:
    """Implements :class:`TurnView` for a turn that nobody watches."""

    def show(self, update: Update) -> None:
        """Let it pass."""

    def settle(self) -> None:
        """Nothing was held back."""

    def interrupted(self) -> None:
        """Say nothing."""


@dataclass(slots=True)
class _Lane:
    """One request, and how far it has come."""

    request: TurnRequest
    turn: RunningTurn | None = None
    unseen: deque[Update] = field(default_factory=deque[Update])
    outcome: TurnResult | BaseException | None = None

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return self.turn is None and self.outcome is None

    @property
    def running(self) -> RunningTurn | None:
        """The turn, while it is not over."""
        return self.turn if self.outcome is None else None


class SideBySide:
    """Runs turns for the main thread; used for one list of requests at a time.

    :param items: what comes over from the sidecar's thread, in order.
    :param person: who is asked for permission; None where nobody is at a keyboard.
    """

    def __init__(
        self,
        portal: BlockingPortal,
        service: TurnService,
        items: queue.SimpleQueue[Item],
        person: Person | None,
    ) -> None:
        self._portal = portal
        self._service = service
        self._items = items
        self._person = person

    def run(
        self, requests: Sequence[TurnRequest], view: TurnView, *, at_once: int
    ) -> Generator[Outcome]:
        """Run the turns, and give what became of each, in the order of the requests.

        After Ctrl-C the list ends with the last turn that had begun.

        :param at_once: how many run at the same time.
        :raises KeyboardInterrupt: when Ctrl-C is pressed a second time.
        """
        lanes = [_Lane(request) for request in requests]
        stopping = False
        for lane in lanes:
            while lane.outcome is None or lane.unseen:
                try:
                    while lane.unseen:
                        view.show(lane.unseen.popleft())
                    if not stopping:
                        self._begin(lanes, at_once)
                    elif lane.waits:
                        return
                    if lane.outcome is None:
                        self._take(self._next(view), lanes)
                except KeyboardInterrupt:
                    if stopping:
                        raise
                    stopping = True
                    self._cancel(lanes)
                    view.interrupted()
            if isinstance(lane.outcome, TurnResult | InvalidRequest):
                yield lane.outcome
            else:
                raise lane.outcome

    def _begin(self, lanes: Sequence[_Lane], at_once: int) -> None:
        running = sum(lane.running is not None for lane in lanes)
        for lane in lanes:
            if running >= at_once:
                break
            if lane.waits:
                try:
                    lane.turn = self._portal.call(self._service.start, lane.request)
                except InvalidRequest as error:
                    lane.outcome = error
                else:
                    self._portal.start_task_soon(self._watch, lane.turn)
                    running += 1

    def _take(self, item: Item, lanes: Sequence[_Lane]) -> None:
        match item:
            case Update(turn_id=turn_id):
                for lane in _of(turn_id, lanes):
                    lane.unseen.append(item)
            case Over(turn_id=turn_id, result=result):
                for lane in _of(turn_id, lanes):
                    lane.outcome = result
            case PermissionAsked():
                self._put_to_person(item.slot, lambda person: person.permit(item.question))
            case AnswersAsked():
                self._put_to_person(item.slot, lambda person: person.answer(item.questions))
            case _:
                assert_never(item)

    def _put_to_person(self, slot: Slot[R], ask: Callable[[Person], R | None]) -> None:
        """Fill the slot with the person's answer: none, should they press Ctrl-C instead."""
        answer: R | None = None
        if slot.withdrawn:
            return
        try:
            answer = None if self._person is None else ask(self._person)
        finally:
            self._portal.call(slot.fill, answer)

    def _cancel(self, lanes: Sequence[_Lane]) -> None:
        for lane in lanes:
            if (turn := lane.running) is not None:
                self._portal.start_task_soon(self._cancel_turn, turn)

    async def _cancel_turn(self, turn: RunningTurn) -> None:
        with suppress(UnknownId):  # its session was deleted meanwhile
            await self._service.cancel(turn_id=turn.turn_id)

    async def _watch(self, turn: RunningTurn) -> None:
        try:
            self._items.put(Over(turn.turn_id, await turn.result()))
        except BaseException as error:
            self._items.put(Over(turn.turn_id, error))
            raise

    def _next(self, view: TurnView) -> Item:
        while True:
            try:
                return self._items.get(timeout=SILENCE_SECONDS)
            except queue.Empty:
                view.settle()


def _of(turn_id: str, lanes: Sequence[_Lane]) -> list[_Lane]:
    return [lane for lane in lanes if lane.turn is not None and lane.turn.turn_id == turn_id]
