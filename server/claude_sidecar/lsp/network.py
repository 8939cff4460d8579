"""The links over TCP and WebSocket, and the listeners that hand them out to whom `admission` lets in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias, cast

import anyio
import anyio.abc

from claude_sidecar.lsp.admission import AdmittedLink, Token, is_own_connection, may_open_socket
from claude_sidecar.lsp.framing import BODY_LIMIT, Frames, Malformed, frame
from claude_sidecar.lsp.links import UNREAD_LIMIT, Link

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

logger = logging.getLogger(__name__)

Address: TypeAlias = tuple[str, int]
"""Host and port; port 0 lets the system choose one."""
Serve: TypeAlias = Callable[[Link], Awaitable[object]]

_CHUNK = 64 * 1024
_FIRST_LIMIT = 4 * 1024 * 1024
"""Bytes of a client's first message, before anything is known of it."""
_CLOSE_SECONDS = 2.0


class TcpLink:
    """Implements :class:`~claude_sidecar.lsp.links.Link` over a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def messages(self) -> AsyncIterator[bytes | Malformed]:
        """Until the client closes its end."""
        frames = Frames(_FIRST_LIMIT)
        with contextlib.suppress(OSError):
            while data := await self._reader.read(_CHUNK):
                for item in frames.feed(data):
                    frames.body_limit = BODY_LIMIT
                    yield item

    def send(self, body: bytes) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        self._writer.write(frame(body))
        if transport.get_write_buffer_size() > UNREAD_LIMIT:
            logger.error("The client does not read what it is sent: giving it up.")
            transport.abort()

    async def drain(self) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        with contextlib.suppress(OSError):
            await self._writer.drain()


class WebSocketLink:
    """Implements :class:`~claude_sidecar.lsp.links.Link` over a WebSocket, a message a frame."""

    def __init__(self, connection: ServerConnection) -> None:
        self._socket = connection
        self._outbox: list[bytes] = []
        self._unsent = 0
        self._queued = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._broken = False

    async def messages(self) -> AsyncIterator[bytes | Malformed]:
        """Until the client closes the socket."""
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            while True:
                yield await self._socket.recv(decode=False)

    def send(self, body: bytes) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        if self._broken:
            return
        self._unsent += len(body)
        if self._unsent > UNREAD_LIMIT:
            logger.error("The client does not read what it is sent: giving it up.")
            self._break()
            self._socket.transport.abort()
            return
        self._outbox.append(body)
        self._drained.clear()
        self._queued.set()

    async def drain(self) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        await self._drained.wait()

    async def pump(self) -> None:
        """Send what is queued, until cancelled or the socket is closed."""
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                await self._queued.wait()
                self._queued.clear()
                waiting, self._outbox = self._outbox, []
                for body in waiting:
                    await self._socket.send(body, text=True)
                    self._unsent -= len(body)
                if not self._outbox:
                    self._drained.set()
        except ConnectionClosed:
            self._break()

    def _break(self) -> None:
        self._broken = True
        self._outbox.clear()
        self._drained.set()


@asynccontextmanager
async def listening_tcp(
    address: Address, serve: Serve, tasks: anyio.abc.TaskGroup, token: Token | None
) -> AsyncGenerator[tuple[Address, ...]]:
    """Serve each TCP connection in a task of the group; gives the addresses listened on.

    :param token: what a client must show; None where this user's programs need nothing.
    :raises OSError: if the address cannot be listened on.
    """

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = TcpLink(reader, writer)
        ends = (writer.get_extra_info("sockname"), writer.get_extra_info("peername"))
        try:
            if token is not None:
                await serve(AdmittedLink(link, token))
            elif is_own_connection(*ends):
                await serve(link)
            else:
                logger.warning("Refused a connection of another user.")
        finally:
            with anyio.move_on_after(_CLOSE_SECONDS, shield=True), contextlib.suppress(OSError):
                writer.close()
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.start_soon(connected, reader, writer)

    server = await asyncio.start_server(accept, *address)
    try:
        yield tuple(each.getsockname()[:2] for each in server.sockets)
    finally:
        server.close()


@asynccontextmanager
async def listening_websocket(
    address: Address, serve: Serve, token: Token | None
) -> AsyncGenerator[tuple[Address, ...]]:
    """Serve each WebSocket; gives the addresses listened on.

    :param token: what a client must show; None where this user's programs need nothing.
    :raises OSError: if the address cannot be listened on.
    """
    from websockets.asyncio.server import serve as listen

    async def connected(connection: ServerConnection) -> None:
        link = WebSocketLink(connection)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(link.pump)
            await serve(link)
            tasks.cancel_scope.cancel()

    listening = listen(
        connected,
        *address,
        max_size=BODY_LIMIT,
        close_timeout=_CLOSE_SECONDS,
        process_request=_gatekeeper(token),
    )
    async with cast(AbstractAsyncContextManager["Server"], listening) as server:
        yield tuple(each.getsockname()[:2] for each in server.sockets)


def _gatekeeper(
    token: Token | None,
) -> Callable[[ServerConnection, Request], Response | None]:
    """Answers those who may not open a socket."""

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        if not may_open_socket(token, request.path, request.headers):
            logger.warning("Refused a WebSocket that did not show what it takes.")
            needed = "No page of a browser may connect." if token is None else "A token is needed."
            return connection.respond(403 if token is None else 401, f"{needed}\n")
        local, remote = connection.local_address, connection.remote_address
        if token is None and not is_own_connection(local, remote):
            logger.warning("Refused a WebSocket of another user.")
            return connection.respond(403, "Another user of this machine may not connect.\n")
        return None

    return refuse
