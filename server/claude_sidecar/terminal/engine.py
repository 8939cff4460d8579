"""The sidecar on a thread of its own, for commands that simply wait.

Reading a line, asking for permission and Ctrl-C belong to the main thread; Claude is read on the
other one and is never kept waiting by a person who types. What happens in a turn comes over in a
queue, in order.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import TurnRequest
from claude_sidecar.settings import Settings
from claude_sidecar.terminal.editor import TerminalEditor
from claude_sidecar.terminal.side_by_side import Item, Outcome, SideBySide, TurnView

if TYPE_CHECKING:
    from claude_sidecar.sidecar import Sidecar
    from claude_sidecar.terminal.person import Person

P = ParamSpec("P")
R = TypeVar("R")


class Engine:
    """The running sidecar, called from the main thread."""

    def __init__(
        self,
        portal: BlockingPortal,
        sidecar: Sidecar,
        items: queue.SimpleQueue[Item],
        person: Person | None,
    ) -> None:
        self._portal = portal
        self._turns = SideBySide(portal, sidecar.turns, items, person)
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
        (outcome,) = self.run_turns([request], view, at_once=1)
        if isinstance(outcome, InvalidRequest):
            raise outcome
        return outcome

    def run_turns(
        self, requests: Sequence[TurnRequest], view: TurnView, *, at_once: int
    ) -> Generator[Outcome]:
        """Run turns side by side; see :meth:`claude_sidecar.terminal.side_by_side.SideBySide.run`."""
        return self._turns.run(requests, view, at_once=at_once)


@contextmanager
def running_engine(
    settings: Settings, workspaces: Workspaces, person: Person | None
) -> Generator[Engine]:
    """Open the sidecar on a thread of its own, and close it at the end of the block.

    :param person: who is asked for permission; None where nobody is at a keyboard.
    """
    from claude_sidecar.app import open_sidecar

    items: queue.SimpleQueue[Item] = queue.SimpleQueue()
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


def _leave_interrupts_to_the_main_thread() -> None:
    """The main thread learns of Ctrl-C at once, then. It reaches every process of the terminal's
    foreground group; what this thread starts, git for example, inherits that it is blocked.
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
