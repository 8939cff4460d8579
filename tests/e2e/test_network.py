"""TCP and WebSocket: several clients, each with a server of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import anyio
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from claude_sidecar.lsp import names
from support.editors import Editor, initialize, new_editor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="it is ended by a signal"),
]

DEADLINE = 20.0


async def test_tcp_serves_several_clients_side_by_side(environment: dict[str, str]) -> None:
    async with listening(environment, "--tcp") as port:
        editors = [new_editor(), new_editor()]
        for editor in editors:
            await editor.client.start_tcp("127.0.0.1", port)
            await initialize(editor)
        for editor in editors:
            status = await editor.run(names.STATUS)
            assert status["server"]
        await leave(editors[0])
        assert (await editors[1].run(names.STATUS))["server"]
        await leave(editors[1])


async def test_a_client_that_breaks_off_leaves_the_others_alone(
    environment: dict[str, str],
) -> None:
    async with listening(environment, "--tcp") as port:
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(b"Content-Length: 100\r\n\r\n{")
        editor = new_editor()
        await editor.client.start_tcp("127.0.0.1", port)
        await initialize(editor)
        await leave(editor)


async def test_websocket_carries_a_message_a_frame(environment: dict[str, str]) -> None:
    async with listening(environment, "--ws") as port:
        editor = new_editor()
        await editor.client.start_ws("127.0.0.1", port)
        await initialize(editor)
        assert (await editor.run(names.STATUS))["server"]
        async with connect(f"ws://127.0.0.1:{port}") as other:
            await other.send("nonsense")
            refused = json.loads(await other.recv())
            assert refused["error"]["code"] == -32700
        await leave(editor)


async def test_pages_of_other_origins_are_refused(environment: dict[str, str]) -> None:
    async with listening(environment, "--ws") as port:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}", origin=Origin("https://example.com"))
        assert refused.value.response.status_code == 403
        async with connect(f"ws://127.0.0.1:{port}", origin=Origin("http://localhost:3000")):
            pass


async def test_other_addresses_than_loopback_are_refused(environment: dict[str, str]) -> None:
    for option in ("--tcp", "--ws"):
        with anyio.fail_after(DEADLINE):
            ended = await anyio.run_process(
                [sys.executable, "-m", "claude_sidecar", "serve", option, "0.0.0.0:0"],
                env=environment,
                check=False,
            )
        assert ended.returncode == 2
        assert b"loopback" in ended.stderr


@asynccontextmanager
async def listening(environment: Mapping[str, str], option: str) -> AsyncGenerator[int]:
    """A server that listens: its port. It ends with 0 when told to."""
    command = [sys.executable, "-m", "claude_sidecar", "serve", option, "127.0.0.1:0"]
    async with await anyio.open_process(command, env=dict(environment)) as process:
        try:
            assert process.stderr is not None
            told = b""
            with anyio.fail_after(DEADLINE):
                while (
                    found := re.search(rb"Listening on \w+://127\.0\.0\.1:(\d+)\n", told)
                ) is None:
                    told += await process.stderr.receive()
            yield int(found.group(1))
            process.send_signal(signal.SIGTERM)
            with anyio.fail_after(DEADLINE):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()


async def leave(editor: Editor) -> None:
    """Say `shutdown` and `exit`; the server closes the connection."""
    with anyio.fail_after(DEADLINE):
        await editor.client.shutdown_session()
        await editor.client.stop()
