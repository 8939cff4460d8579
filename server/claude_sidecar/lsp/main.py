"""`serve`: the language server over standard input and output, TCP or WebSocket.

Nothing that takes time is imported before it must be, and the garbage collector rests meanwhile:
what is imported stays, so that looking through it again and again is waste.
"""

from __future__ import annotations

import gc
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claude_sidecar.lsp.admission import Token
    from claude_sidecar.lsp.network import Address
    from claude_sidecar.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve; over standard input and output where no address is given.

    :param tcp: host and port to listen on for TCP connections; port 0 lets the system choose.
    :param ws: likewise, for WebSockets.
    :param token_file: holds the token that clients must show.
    :param offline: use the built-in reviewer, whatever the client's settings say.
    :param log_level: what is logged, whatever the client's settings say.
    """

    tcp: tuple[str, int] | None = None
    ws: tuple[str, int] | None = None
    token_file: str | None = None
    offline: bool = False
    log_level: str | None = None


def serve(options: ServeOptions) -> int:
    """Serve until the client is done, or, where one listens, until told to stop by a signal.

    :returns: the exit status: 0, or 1 for a client that went without `shutdown`.
    :raises InvalidRequest: if the token that clients must show cannot be read.
    """
    gc.disable()
    import anyio

    from claude_sidecar.lsp.logs import start_logging

    start_logging(options.log_level or "warning")
    if options.tcp is None and options.ws is None:
        return anyio.run(_serve_stdio, options)
    return anyio.run(_serve_network, options)


async def _serve_stdio(options: ServeOptions) -> int:
    import anyio

    from claude_sidecar.lsp.connection import ENDED_WITHOUT_SHUTDOWN, Connection
    from claude_sidecar.lsp.stdio import StdioLink

    connection = Connection(StdioLink(), _override(options))
    _imports_done()
    status = ENDED_WITHOUT_SHUTDOWN
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_told_to_stop, tasks.cancel_scope.cancel)
        status = await connection.run()
        tasks.cancel_scope.cancel()
    return status


async def _serve_network(options: ServeOptions) -> int:
    from contextlib import AsyncExitStack

    import anyio

    from claude_sidecar.lsp.connection import Connection
    from claude_sidecar.lsp.links import Link
    from claude_sidecar.lsp.network import listening_tcp, listening_websocket

    token = _token(options)

    async def connected(link: Link) -> None:
        try:
            await Connection(link, _override(options)).run()
        except Exception:  # one client's trouble is not the others'
            logger.exception("A connection ended unexpectedly")

    _imports_done()
    async with anyio.create_task_group() as tasks, AsyncExitStack() as stack:
        if options.tcp is not None:
            listening = listening_tcp(options.tcp, connected, tasks, token)
            _announce("tcp", await stack.enter_async_context(listening))
        if options.ws is not None:
            listening = listening_websocket(options.ws, connected, token)
            _announce("ws", await stack.enter_async_context(listening))
        await _until_told_to_stop(tasks.cancel_scope.cancel)
    return 0


def _token(options: ServeOptions) -> Token | None:
    """What clients must show. Who can be reached from elsewhere never goes without one."""
    import os
    from pathlib import Path

    from claude_sidecar.lsp.admission import TOKEN_VARIABLE, is_loopback, new_token, token_given

    file = None if options.token_file is None else Path(options.token_file)
    token = token_given(file, os.environ)
    os.environ.pop(TOKEN_VARIABLE, None)  # not for Claude Code, and what it runs, to see
    hosts = [address[0] for address in (options.tcp, options.ws) if address is not None]
    if token is None and not all(map(is_loopback, hosts)):
        token = new_token()
        print(f"Token, told once: {token.secret}", file=sys.stderr, flush=True)  # noqa: T201
    return token


def _announce(scheme: str, addresses: tuple[Address, ...]) -> None:
    for host, port in addresses:
        shown = f"[{host}]" if ":" in host else host
        print(f"Listening on {scheme}://{shown}:{port}", file=sys.stderr, flush=True)  # noqa: T201


def _imports_done() -> None:
    gc.freeze()
    gc.enable()


def _override(options: ServeOptions) -> Callable[[Settings], Settings]:
    def override(settings: Settings) -> Settings:
        return replace(
            settings,
            offline=settings.offline or options.offline,
            log_level=options.log_level or settings.log_level,
        )

    return override


async def _until_told_to_stop(stop: Callable[[], None]) -> None:
    """Wait for SIGTERM or SIGINT; where there are no such signals, for ever."""
    import anyio

    if sys.platform == "win32":
        await anyio.sleep_forever()
        return
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop()
            return
