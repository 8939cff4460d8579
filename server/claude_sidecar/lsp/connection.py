"""The life of one connection: `initialize`, `initialized`, `shutdown`, `exit`, or its sudden end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.abc
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest, JsonRpcServerNotInitialized

from claude_sidecar.lsp.capabilities import initialize_result, position_encoding
from claude_sidecar.lsp.links import Link
from claude_sidecar.lsp.parent import gone, known_here
from claude_sidecar.lsp.protocol import new_protocol

if TYPE_CHECKING:
    from claude_sidecar.lsp.server import SidecarServer
    from claude_sidecar.settings import Settings

logger = logging.getLogger(__name__)

FINE: Final = 0
ENDED_WITHOUT_SHUTDOWN: Final = 1
_FLUSH_SECONDS = 2.0


class Connection:
    """Serves one client.

    :param override: puts the command line's own settings over what the client says.
    """

    def __init__(self, link: Link, override: Callable[[Settings], Settings]) -> None:
        self._link = link
        self._override = override
        self._pygls, self._protocol = new_protocol()
        self._params: types.InitializeParams | None = None
        self._parent: int | None = None
        self._server: SidecarServer | None = None
        self._shut_down = False
        self._ended = anyio.Event()

    async def run(self) -> int:
        """Serve until the client is gone or says `exit`: the exit status that LSP asks for."""
        protocol = self._protocol
        protocol.gate = self._gate
        protocol.requests[types.INITIALIZE] = self._initialize
        protocol.requests[types.SHUTDOWN] = self._shutdown
        protocol.notifications[types.EXIT] = self._exit
        async with anyio.create_task_group() as tasks:
            protocol.attach(self._link, tasks)
            tasks.start_soon(self._receive, tasks)
            await self._ended.wait()
            protocol.leaving = True
            tasks.cancel_scope.cancel()
        with anyio.move_on_after(_FLUSH_SECONDS, shield=True):
            await self._link.drain()
        return FINE if self._shut_down else ENDED_WITHOUT_SHUTDOWN

    async def _receive(self, tasks: anyio.abc.TaskGroup) -> None:
        async for item in self._link.messages():
            await self._protocol.receive(item)
            if self._params is not None and self._server is None:
                await self._begin(self._params, tasks)
            if self._ended.is_set():
                return
        self._ended.set()

    async def _begin(self, params: types.InitializeParams, tasks: anyio.abc.TaskGroup) -> None:
        """`initialize` was answered: now there is time for the imports."""
        with anyio.move_on_after(_FLUSH_SECONDS):
            await self._link.drain()
        from claude_sidecar.lsp.server import SidecarServer

        encoding = position_encoding(params.capabilities).value
        self._server = SidecarServer(self._protocol, params, encoding, tasks, self._override)
        tasks.start_soon(self._server.run)
        if self._parent is not None:
            tasks.start_soon(self._watch_parent, self._parent)

    async def _watch_parent(self, process_id: int) -> None:
        await gone(process_id)
        logger.warning("The client's process is gone")
        self._ended.set()

    def _gate(self, method: str) -> None:
        """Let a request through, if it comes at a time when it may.

        :raises JsonRpcException: if not.
        """
        if self._shut_down:
            raise JsonRpcInvalidRequest("The server is shutting down.")
        if method == types.INITIALIZE:
            if self._params is not None:
                raise JsonRpcInvalidRequest("The server is initialized already.")
        elif self._params is None:
            raise JsonRpcServerNotInitialized(
                "The server is not initialized.", JsonRpcServerNotInitialized.CODE
            )

    async def _initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        self._params = params
        self._parent = known_here(params.process_id)
        return initialize_result(params)

    async def _shutdown(self, params: Any) -> None:
        del params
        self._shut_down = True
        self._protocol.cancel_all()  # not this one: it waits for nothing any more

    def _exit(self, params: Any) -> None:
        del params
        self._ended.set()
