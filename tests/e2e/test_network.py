"""TCP and WebSocket: several clients, each with a server of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import pytest
from pygls.exceptions import JsonRpcException
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from claude_sidecar.lsp import names
from support.editors import Editor, initialize, new_editor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="it is ended by a signal"),
]

DEADLINE = 60.0

open_ws = partial(connect, open_timeout=DEADLINE)


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
        async with open_ws(f"ws://127.0.0.1:{port}") as other:
            await other.send("nonsense")
            refused = json.loads(await other.recv())
            assert refused["error"]["code"] == -32700
        await leave(editor)


@pytest.mark.parametrize("origin", ["https://example.com", "http://localhost:3000", "null"])
async def test_pages_in_browsers_are_refused(environment: dict[str, str], origin: str) -> None:
    async with listening(environment, "--ws") as port:
        with pytest.raises(InvalidStatus) as refused:
            await open_ws(f"ws://127.0.0.1:{port}", origin=Origin(origin))
        assert refused.value.response.status_code == 403


TOKEN = "a-token-that-is-long-enough"


@pytest.fixture
def token_file(tmp_path: Path) -> str:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return str(file)


async def test_a_websocket_shows_the_token_when_it_is_opened(
    environment: dict[str, str], token_file: str
) -> None:
    async with listening(environment, "--ws", "--token-file", token_file) as port:
        address = f"ws://127.0.0.1:{port}"
        shown: list[dict[str, str]] = [
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {TOKEN}"},
            {"Authorization": f"Bearer {TOKEN}x"},
        ]
        for headers in shown:
            with pytest.raises(InvalidStatus) as refused:
                await open_ws(address, additional_headers=headers)
            assert refused.value.response.status_code == 401
        async with open_ws(address, additional_headers={"Authorization": f"Bearer {TOKEN}"}):
            pass
        async with open_ws(f"{address}/?token={TOKEN}", origin=Origin("http://localhost:3000")):
            pass


async def test_tcp_shows_the_token_in_initialize(
    environment: dict[str, str], token_file: str
) -> None:
    async with listening(environment, "--tcp", "--token-file", token_file) as port:
        for options in (None, {}, {"token": "wrong"}, {"token": None}, {"token": [TOKEN]}):
            stranger = new_editor()
            await stranger.client.start_tcp("127.0.0.1", port)
            with pytest.raises(JsonRpcException, match="needs its token"):
                await initialize(stranger, options=options)
            await stranger.client.stop()
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(b"Content-Length: 2\r\n\r\n{}")
            rude.settimeout(DEADLINE)
            received = b""
            while data := rude.recv(1000):
                received += data
            assert b"needs its token" in received
        editor = new_editor()
        await editor.client.start_tcp("127.0.0.1", port)
        await initialize(editor, options={"token": TOKEN, "offline": True})
        status = await editor.run(names.STATUS)
        assert status["settingsProblems"] == []
        await leave(editor)


@pytest.mark.parametrize("option", ["--tcp", "--ws"])
async def test_other_addresses_than_loopback_never_go_without_a_token(
    environment: dict[str, str], option: str
) -> None:
    async with serving(environment, option, "0.0.0.0") as served:
        port, made = served.port, served.token
        assert len(made) >= 32
        if option == "--ws":
            with pytest.raises(InvalidStatus):
                await open_ws(f"ws://127.0.0.1:{port}")
            async with open_ws(f"ws://127.0.0.1:{port}/?token={made}"):
                pass
        else:
            editor = new_editor()
            await editor.client.start_tcp("127.0.0.1", port)
            await initialize(editor, options={"token": made})
            await leave(editor)


@pytest.mark.parametrize("content", ["short", "", "two lines of it\nand another one", "\x00" * 20])
async def test_a_token_that_is_none_is_refused(
    environment: dict[str, str], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    more = ("--token-file", str(file))
    with anyio.fail_after(DEADLINE):
        ended = await anyio.run_process(
            [sys.executable, "-m", "claude_sidecar", "serve", "--tcp", "127.0.0.1:0", *more],
            env=environment,
            check=False,
        )
    assert ended.returncode == 2
    assert str(file).encode() in ended.stderr.replace(b"\n", b"")
    assert not content or content.encode() not in ended.stderr


@dataclass
class Served:
    """A server that listens: its port, and the token that it told, if it did."""

    port: int
    token: str


@asynccontextmanager
async def serving(
    environment: Mapping[str, str], option: str, host: str, *more: str
) -> AsyncGenerator[Served]:
    """A server that listens. It ends with 0 when told to."""
    command = [sys.executable, "-m", "claude_sidecar", "serve", option, f"{host}:0", *more]
    async with await anyio.open_process(command, env=dict(environment)) as process:
        try:
            assert process.stderr is not None
            told = b""
            with anyio.fail_after(DEADLINE):
                while (found := re.search(rb"Listening on \w+://[\d.]+:(\d+)\n", told)) is None:
                    told += await process.stderr.receive()
            token = re.search(rb"Token, told once: (\S+)\n", told)
            yield Served(int(found.group(1)), token.group(1).decode() if token else "")
            process.send_signal(signal.SIGTERM)
            with anyio.fail_after(DEADLINE):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()


@asynccontextmanager
async def listening(environment: Mapping[str, str], option: str, *more: str) -> AsyncGenerator[int]:
    """A server that listens on loopback: its port."""
    async with serving(environment, option, "127.0.0.1", *more) as served:
        assert not served.token
        yield served.port


async def leave(editor: Editor) -> None:
    """Say `shutdown` and `exit`; the server closes the connection."""
    with anyio.fail_after(DEADLINE):
        await editor.client.shutdown_session()
        await editor.client.stop()
