"""The offline backend before it is needed: its web server is imported and started on first use."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType

import anyio
from typing_extensions import Self


class LateBackend:
    """Starts the offline backend once it is wanted, and ends it on leaving."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._starting = anyio.Lock()
        self.environment: Mapping[str, str] = {}
        """What points Claude Code to the backend; empty until it is started."""

    async def __aenter__(self) -> Self:
        """Stand by."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """End the backend, if it was started."""
        return await self._stack.__aexit__(kind, error, trace)

    async def start(self) -> None:
        """Start it, unless it is running."""
        async with self._starting:
            if not self.environment:
                from claude_sidecar.offline.backend import offline_backend

                self.environment = await self._stack.enter_async_context(offline_backend())
