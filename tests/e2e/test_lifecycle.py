"""How a server begins and ends: exit statuses, and nobody left behind."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import anyio
import pytest

from claude_sidecar.lsp import names
from claude_sidecar.lsp.framing import frame
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.editors import editor_on
from support.model import Model
from support.processes import descendants, runs
from support.wires import Wire, wire_to

pytestmark = pytest.mark.anyio


async def test_shutdown_and_exit_end_with_0(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        answer = await wire.initialize()
        assert answer["result"]["serverInfo"]["name"] == names.SERVER_NAME
        assert await wire.request(1, "shutdown") == {"jsonrpc": "2.0", "id": 1, "result": None}
        refused = await wire.request(2, "workspace/executeCommand", {"command": names.STATUS})
        assert refused["error"]["code"] == -32600
        await wire.send(method="exit")
        assert await wire.exit_status() == 0


async def test_exit_without_shutdown_ends_with_1(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        await wire.send(method="exit")
        assert await wire.exit_status() == 1


async def test_exit_before_initialize_ends_with_1(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        await wire.send(method="exit")
        assert await wire.exit_status() == 1


async def test_the_end_of_standard_input_ends_with_1(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        await wire.close_input()
        assert await wire.exit_status() == 1


async def test_a_request_before_initialize_is_refused(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        early = await wire.request(1, "workspace/executeCommand", {"command": names.STATUS})
        assert early["error"]["code"] == -32002
        assert "result" in await wire.initialize()
        again = await wire.request(2, "initialize", {"processId": None, "capabilities": {}})
        assert again["error"]["code"] == -32600


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
async def test_a_signal_ends_it_cleanly(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        wire.process.send_signal(signal.SIGTERM)
        assert await wire.exit_status() == 1


async def test_it_ends_when_the_process_that_started_it_is_gone(
    environment: dict[str, str],
) -> None:
    # The parent's own pipes stay open here: only `processId` can tell.
    parent = await anyio.open_process([sys.executable, "-c", "input()"])
    async with parent, wire_to(environment) as wire:
        await wire.initialize(processId=parent.pid)
        parent.kill()
        await parent.wait()
        assert await wire.exit_status() == 1


async def test_no_claude_is_left_when_the_client_goes_in_mid_turn(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(pause(gate), say("Too late."))
    async with wire_to(environment) as wire:
        await wire.initialize(rootUri=workspace.as_uri())
        arguments = [{"text": "Hello?", "uri": None}]
        await wire.send(
            id=1,
            method="workspace/executeCommand",
            params={"command": names.ASK, "arguments": arguments},
        )
        await gate.reached.wait()
        children = descendants(wire.process.pid)
        assert children
        await wire.close_input()
        assert await wire.exit_status() == 1
        assert not [pid for pid in children if runs(pid)]
    gate.open()


async def test_a_client_that_does_not_read_does_not_stop_the_server(
    environment: dict[str, str],
) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        requests = b"".join(
            frame(
                json.dumps(
                    {"jsonrpc": "2.0", "id": f"{number}-{'x' * 4000}", "method": "no/such"}
                ).encode()
            )
            for number in range(1000)
        )
        await wire.send_bytes(requests)  # the answers fill the pipe many times over
        await wire.send(id="last", method="shutdown")
        assert "result" in await wire.answer_to("last")
        await wire.send(method="exit")
        assert await wire.exit_status() == 0


async def test_stray_output_does_not_get_between_the_messages(
    environment: dict[str, str], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        _PRINTS_ONCE_REDIRECTED,
        encoding="utf-8",
    )
    async with wire_to(environment | {"PYTHONPATH": str(site)}) as wire:
        await wire.initialize()
        assert wire.process.stderr is not None
        text = b""
        with anyio.fail_after(60):
            while b"stray" not in text:
                text += await wire.process.stderr.receive()
        await _shut_down(wire)


_PRINTS_ONCE_REDIRECTED = """\
import os, threading, time

def stray():
    while os.fstat(1).st_ino != os.fstat(2).st_ino:
        time.sleep(0.01)
    print("stray", flush=True)

threading.Thread(target=stray, daemon=True).start()
"""


async def _shut_down(wire: Wire) -> None:
    await wire.request(99, "shutdown")
    await wire.send(method="exit")
    assert await wire.exit_status() == 0


async def test_a_session_outlives_its_server(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("Yes."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        asked = await editor.run(names.ASK, text="Is it you?")
    async with editor_on(environment, workspace) as editor:
        listed = await editor.run(names.SESSION_LIST)
        history = await editor.run(names.SESSION_HISTORY, sessionId=asked["sessionId"])
    (session,) = listed["sessions"]
    assert session["sessionId"] == asked["sessionId"]
    assert (session["file"], session["current"], session["turns"]) == ("stats.py", True, 1)
    assert [(turn["prompt"], turn["text"]) for turn in history["turns"]] == [("Is it you?", "Yes.")]
