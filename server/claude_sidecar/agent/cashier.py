"""Asks a Claude Code process what the conversation has cost so far.

Its control request `get_usage` gives the totals that results also tell, at any time, within two
milliseconds, in the middle of a turn too. Where the user has a subscription it may look up rate
limits first, which takes as long as the network does; then it is asked less often.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import anyio
from claude_agent_sdk import ClaudeSDKClient

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0
# After an answer that took a while: how many times as long until it is asked again.
_REST = 20.0


async def session_totals(client: ClaudeSDKClient) -> Mapping[str, Any] | None:
    """`modelUsage` of the conversation; None if the process does not say."""
    query = client._query  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if query is None:
        return None
    request = {"subtype": "get_usage", "skip_behaviors": True, "detached": True}
    try:
        with anyio.fail_after(ANSWER_SECONDS):
            answer = await query._send_control_request(request)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    except Exception as error:  # noqa: BLE001 - an older one does not know it; the SDK raises bare ones
        logger.debug("Claude Code did not say what was spent: %s", error)
        return None
    match answer:
        case {"session": {"model_usage": {**totals}}}:
            return totals
        case _:
            return None


class Cashier:
    """Keeps asking one process, whenever there is something to ask.

    :param told: called with each answer and the messages it has, if it was asked between messages.
    :param complete: the messages that an answer will have if it is asked now.
    """

    def __init__(
        self,
        told: Callable[[Mapping[str, Any], frozenset[str]], None],
        complete: Callable[[], frozenset[str]],
    ) -> None:
        self._told = told
        self._complete = complete
        self._wanted = anyio.Event()

    def ask(self) -> None:
        """Something was spent; find out what, soon."""
        self._wanted.set()

    async def now(self, client: ClaudeSDKClient) -> None:
        """Find out, and return when it was told."""
        messages = self._complete()
        totals = await session_totals(client)
        if totals is not None:
            self._told(totals, messages)

    async def run(self, client: ClaudeSDKClient) -> None:
        """Answer for `ask`, for ever."""
        while True:
            await self._wanted.wait()
            self._wanted = anyio.Event()
            before = anyio.current_time()
            await self.now(client)
            await anyio.sleep((anyio.current_time() - before) * _REST)
