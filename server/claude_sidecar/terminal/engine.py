"""The sidecar on a thread of its own, for commands that simply wait.

Reading a line, asking for permission and Ctrl-C belong to the main thread; Claude is read on the
other one and is never kept waiting by a person who types. What happens in a turn comes over in a
queue, in order. Ctrl-C cancels the turn; once more gives up at once.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeAlias, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal
from typing_extensions import assert_never

from claude_sidecar.errors import UnknownId
from claude_sidecar.sessions.events import Update
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.requests import TurnRequest
from claude_sidecar.settings import Settings
from claude_sidecar.terminal.editor import (
    AnswersAsked,
    Asked,
    PermissionAsked,
    Slot,
    TerminalEditor,
)

if TYPE_CHECKING:
    from claude_sidecar.app import Sidecar
    from claude_sidecar.sessions.tickets import RunningTurn
    from claude_sidecar.terminal.person import Person

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Over:
    """The turn is over: its result, or why there is none."""

    result: TurnResult | BaseException


_Item: TypeAlias = Update | PermissionAsked | AnswersAsked | _Over


SILENCE_SECONDS = 0.2
"""Nothing has come for so long: what was held back of a reply can be shown as it is. Without any
limit Windows would not let Ctrl-C through either.
"""


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


class Engine:
    """The running sidecar, called from the main thread."""

    def __init__(
        self,
        portal: BlockingPortal,
        sidecar: Sidecar,
        items: queue.SimpleQueue[_Item],
        person: Person | None,
    ) -> None:
        self._portal = portal
        self._items = items
        self._person = person
        self.sidecar = sidecar

    def call(self, function: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a coroutine function of the sidecar and wait for what it gives."""

        async def run() -> R:
            return await function(*args, **kwargs)

        return self._portal.call(run)

    def run_turn(self, request: TurnRequest, view: TurnView) -> TurnResult:
        """Run a turn to its end, and let it be seen.

        :raises SidecarError: if the turn could not begin.
        :raises KeyboardInterrupt: when Ctrl-C is pressed a second time.
        """
        turn = self.call(self.sidecar.turns.start, request)
        self._portal.start_task_soon(self._watch, turn)
        stopping = False
        while True:
            try:
                item = self._next(view)
                if isinstance(item, _Over):
                    return _value(item)
                self._handle(item, turn, view)
            except KeyboardInterrupt:
                if stopping:
                    raise
                stopping = True
                self._portal.start_task_soon(self._cancel, turn)
                view.interrupted()

    def _handle(self, item: Update | Asked, turn: RunningTurn, view: TurnView) -> None:
        match item:
            case Update():
                if item.turn_id == turn.turn_id:
                    view.show(item)
            case PermissionAsked():
                self._put_to_person(item.slot, lambda person: person.permit(item.question))
            case AnswersAsked():
                self._put_to_person(item.slot, lambda person: person.answer(item.questions))
            case _:
                assert_never(item)

    def _put_to_person(self, slot: Slot[R], ask: Callable[[Person], R | None]) -> None:
        """Fill the slot with the person's answer: none, should they press Ctrl-C instead."""
        answer: R | None = None
        try:
            answer = None if self._person is None else ask(self._person)
        finally:
            self._portal.call(slot.fill, answer)

    async def _cancel(self, turn: RunningTurn) -> None:
        with suppress(UnknownId):  # its session was deleted meanwhile
            await self.sidecar.turns.cancel(turn_id=turn.turn_id)

    async def _watch(self, turn: RunningTurn) -> None:
        try:
            self._items.put(_Over(await turn.result()))
        except BaseException as error:
            self._items.put(_Over(error))
            raise

    def _next(self, view: TurnView) -> _Item:
        while True:
            try:
                return self._items.get(timeout=SILENCE_SECONDS)
            except queue.Empty:
                view.settle()


@contextmanager
def running_engine(
    settings: Settings, workspaces: Workspaces, person: Person | None
) -> Generator[Engine]:
    """Open the sidecar on a thread of its own, and close it at the end of the block.

    :param person: who is asked for permission; None where nobody is at a keyboard.
    """
    from claude_sidecar.app import open_sidecar

    items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
    editor = TerminalEditor(items.put if person else None)
    with start_blocking_portal(name="sidecar") as portal:
        portal.call(_leave_interrupts_to_the_main_thread)
        opening = portal.wrap_async_context_manager(
            open_sidecar(settings, editor=editor, workspaces=workspaces)
        )
        failure: BaseException | None = None
        with ExitStack() as stack:
            sidecar = stack.enter_context(opening)
            stack.enter_context(sidecar.events.subscribed(items.put))
            try:
                yield Engine(portal, sidecar, items, person)
            except BaseException as error:  # noqa: BLE001 - it goes on below, as it is
                failure = error  # thrown into the sidecar's tasks it would come back in a group
            with _interrupts_ignored():
                stack.close()
        if failure is not None:
            raise failure


def _value(over: _Over) -> TurnResult:
    if isinstance(over.result, BaseException):
        raise over.result
    return over.result


def _leave_interrupts_to_the_main_thread() -> None:
    """Ctrl-C reaches every process of the terminal's foreground group, Claude Code too, which would
    end in the middle of what it does. A process started by a thread that blocks the signal
    inherits that; it is interrupted by the protocol instead.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@contextmanager
def _interrupts_ignored() -> Generator[None]:
    """While Claude's processes are ended, in bounded time, an impatient Ctrl-C must orphan none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
