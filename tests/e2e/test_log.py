"""The log of a server that is led through its failures holds no text, no prompt and no key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from claude_sidecar.lsp import names
from claude_sidecar.lsp.framing import frame
from claude_sidecar.offline.script import call, say
from support.model import Model
from support.wires import Wire, wire_to

pytestmark = pytest.mark.anyio

CANARY = "canary-5c1f"
TEXT = f"secret = '{CANARY}'\n"


async def test_nothing_of_what_failed_is_in_the_log(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    environment = environment | {"ANTHROPIC_API_KEY": CANARY}
    path = workspace / "a.py"
    path.write_text(TEXT)
    model.script.reply(
        call("mcp__sidecar__report_finding", file="a.py", quote=CANARY, severity=CANARY),
        call("mcp__sidecar__read_buffer", file=CANARY, start_line=CANARY),
        call("Bash", command=f"echo {CANARY}; exit 3"),
        call("Edit", file_path=str(path), old_string=f"{CANARY}x", new_string=CANARY),
        call("Read", file_path=f"/{CANARY}"),
        call("NoSuchTool", text=CANARY),
    ).reply(say(CANARY))
    model.script.when("Fail").fail(400, CANARY).forever()
    model.script.when("Bill").fail(402, CANARY).forever()
    async with wire_to(environment, "--log-level", "info") as wire:
        await wire.initialize(
            rootUri=workspace.as_uri(),
            initializationOptions={"model": None, CANARY: CANARY, "maxTurns": CANARY},
            capabilities={"experimental": {"claudeSidecar": {"permissions": True}}},
        )
        await _malformed(wire)
        await _wrong_messages(wire, path)
        await _turn(wire, 10, "ask", {"text": f"Try {CANARY}", "uri": path.as_uri()})
        for number, text in enumerate(("Fail", "Bill")):
            await _turn(wire, 20 + number, "ask", {"text": f"{text} {CANARY}"})
        await wire.request(30, "shutdown")
        await wire.send(method="exit")
        log = await _rest_of_log(wire)
    assert "claude_sidecar" in log  # it said something
    assert CANARY not in log


async def _malformed(wire: Wire) -> None:
    for body in (f'{{"{CANARY}', json.dumps([CANARY]), json.dumps({"method": CANARY, "id": 1})):
        await wire.send_bytes(frame(body.encode()))
    await wire.send_bytes(f"{CANARY}\r\n\r\n".encode())
    await wire.send_bytes(frame(b"\xff" + CANARY.encode()))


async def _wrong_messages(wire: Wire, path: Path) -> None:
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": TEXT}
    wrong: list[tuple[str, Any]] = [
        ("textDocument/didOpen", {"textDocument": item | {"version": CANARY}}),
        ("textDocument/didOpen", {"textDocument": CANARY}),
        ("textDocument/didOpen", {"textDocument": item}),
        (
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": 2},
                "contentChanges": [
                    {
                        "range": {
                            "start": {"line": 90, "character": 0},
                            "end": {"line": 1, "character": 0},
                        },
                        "text": CANARY,
                    },
                    {"text": CANARY, "range": CANARY},
                ],
            },
        ),
        ("workspace/didChangeConfiguration", {"settings": {"claudeSidecar": CANARY}}),
        ("workspace/didRenameFiles", {"files": [{"oldUri": CANARY, "newUri": CANARY}]}),
        (f"$/{CANARY}", {}),
    ]
    for method, params in wrong:
        await wire.send(method=method, params=params)
    commands: list[Any] = [
        {"command": names.ASK, "arguments": [{"text": CANARY, CANARY: CANARY}]},
        {"command": names.ASK, "arguments": [CANARY]},
        {"command": names.SESSION_RESUME, "arguments": [{"sessionId": CANARY}]},
        {"command": CANARY},
        CANARY,
    ]
    for number, params in enumerate(commands):
        answer = await wire.request(100 + number, "workspace/executeCommand", params)
        assert "error" in answer


async def _turn(wire: Wire, message_id: int, command: str, argument: Any) -> None:
    """A turn whose questions are answered by an error, or by what is no answer."""
    params = {"command": f"claudeSidecar.{command}", "arguments": [argument]}
    await wire.send(id=message_id, method="workspace/executeCommand", params=params)
    answers: list[dict[str, Any]] = [
        {"error": {"code": -32000, "message": CANARY}},
        {"result": {"outcome": CANARY, "optionId": {CANARY: CANARY}}},
        {"result": [CANARY]},
    ]
    while True:
        message = await wire.receive()
        if message.get("id") == message_id and "method" not in message:
            return
        if "method" in message and "id" in message:
            await wire.send(id=message["id"], **answers[0])
            answers.append(answers.pop(0))


async def _rest_of_log(wire: Wire) -> str:
    assert wire.process.stderr is not None
    with anyio.fail_after(60):
        return b"".join([part async for part in wire.process.stderr]).decode(errors="replace")
