"""How a command runs a turn: begun, shown while it runs, waited for, and its reply shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from claude_sidecar.lsp.commands.call import Call
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.progress import TurnProgress
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.sessions.model import JsonObject, Key, TurnResult
from claude_sidecar.sessions.planning.requests import TurnRequest
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.shapes.turns import result_shape

T = TypeVar("T")

_INTERRUPT_SECONDS = 2.0


class ShownTurns:
    """Runs turns for commands.

    :param leaving: whether the client is going away.
    """

    def __init__(
        self,
        progress: TurnProgress,
        replies: Replies,
        host: SidecarHost,
        ranges: Ranges,
        *,
        leaving: Callable[[], bool],
    ) -> None:
        self.progress = progress
        self.replies = replies
        self._host = host
        self._ranges = ranges
        self._leaving = leaving

    async def run(self, call: Call, request: TurnRequest, title: str) -> TurnResult:
        """One turn, from its request to its end."""
        turn = await begun(call.sidecar.turns.start(request))
        async with self.progress.showing([turn], title, call.token):
            result = await self.finished([turn], turn.result())
        await self.replies.turn(result, title)
        await self._host.tell_store_problem()
        return result

    async def finished(self, turns: Sequence[RunningTurn], waiting: Awaitable[T]) -> T:
        """Wait for turns. If the request is cancelled, so are they, and their ends are waited for: an
        interrupted turn is over within a second, and its progress ends before the answer goes out.
        """
        try:
            return await waiting
        except anyio.get_cancelled_exc_class():
            for turn in turns:
                turn.cancel(left=self._leaving())
            with anyio.move_on_after(_INTERRUPT_SECONDS, shield=True):
                for turn in turns:
                    await turn.over()
            raise

    async def shape(self, result: TurnResult) -> JsonObject:
        """A result as commands give it."""
        await self._ranges.prepare(result.findings)
        return result_shape(result, self._ranges.shape)


def name_of(key: Key) -> str:
    """What a file or a workspace is called in a title."""
    return (key.file or key.workspace).rpartition("/")[2]


async def begun(starting: Awaitable[T]) -> T:
    """What is begun must be known here before it can be cancelled."""
    begun: list[T] = []
    with anyio.CancelScope(shield=True):
        begun.append(await starting)
    return begun[0]
