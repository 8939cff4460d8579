"""A turn that was asked for: the handle its caller holds, and all that is needed to run it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import anyio

from claude_sidecar.errors import TurnFailure
from claude_sidecar.sessions.model import TurnKind, TurnResult
from claude_sidecar.sessions.planning.plans import TurnPlan


class RunningTurn:
    """A turn that is queued, running or over.

    :param session_id: the session it was asked in; should that be lost, the result names another.
    :ivar left: whether it is stopped because its user went away, and not because they wished so.
    :ivar seq: how many events of it were told.
    :ivar begun: its course has begun; what follows is in the session that it belongs to.
    :ivar check_budget: while it runs: stops it if there is no money left.
    """

    def __init__(
        self,
        session_id: str,
        turn_id: str,
        plan: TurnPlan,
        cancel: Callable[[RunningTurn], None],
    ) -> None:
        self.session_id = session_id
        self.turn_id = turn_id
        self.plan = plan
        self.stopping = anyio.Event()
        self.left = False
        self.seq = 0
        self.begun = False
        self.check_budget: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._cancel = cancel
        self._over = anyio.Event()
        self._result: TurnResult | None = None
        self._refused: TurnFailure | None = None

    @property
    def kind(self) -> TurnKind:
        """What kind of turn it is."""
        return self.plan.kind

    @property
    def is_over(self) -> bool:
        """Whether it has a result."""
        return self._over.is_set()

    async def result(self) -> TurnResult:
        """Wait until it is over. Cancelling the wait does not cancel the turn.

        :raises TurnFailure: if it could not begin.
        """
        result = await self.over()
        if self._refused is not None:
            raise self._refused
        return result

    async def over(self) -> TurnResult:
        """Like `result`, also for a turn that could not begin."""
        await self._over.wait()
        assert self._result is not None, "a turn is over once it has its result"  # noqa: S101
        return self._result

    def cancel(self, *, left: bool = False) -> None:
        """Interrupt Claude, or leave the queue; the result says `cancelled`. Safe to repeat.

        :param left: nobody wished so: the user's window was closed.
        """
        self.left = self.left or (left and not self.stopping.is_set())
        self._cancel(self)

    def finish(self, result: TurnResult, refused: TurnFailure | None = None) -> None:
        """It is over (called by the one who runs it); `refused` if it could not begin."""
        self._result = result
        self._refused = refused
        self._over.set()
