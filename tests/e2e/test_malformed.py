"""What is no message, or no valid one, is answered as JSON-RPC says and does not end the server."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.lsp import names
from claude_sidecar.lsp.framing import frame
from support.wires import wire_to

pytestmark = pytest.mark.anyio

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602


MALFORMED: list[tuple[str, bytes, int, int | None]] = [
    ("bad JSON", frame(b"{nonsense"), PARSE_ERROR, None),
    ("not UTF-8", frame(b"\xff\xfe{}"), PARSE_ERROR, None),
    ("nested too deeply", frame(b"[" * 100_000), PARSE_ERROR, None),
    ("a batch", frame(b"[]"), INVALID_REQUEST, None),
    ("no version", frame(b'{"id": 7, "method": "shutdown"}'), INVALID_REQUEST, 7),
    ("no method", frame(b'{"jsonrpc": "2.0", "id": 7}'), INVALID_REQUEST, 7),
    (
        "an id of no kind",
        frame(b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}'),
        INVALID_REQUEST,
        None,
    ),
    (
        "unknown method",
        frame(b'{"jsonrpc": "2.0", "id": 7, "method": "no/such"}'),
        METHOD_NOT_FOUND,
        7,
    ),
    (
        "parameters of the wrong kind",
        frame(b'{"jsonrpc": "2.0", "id": 7, "method": "workspace/executeCommand", "params": 3}'),
        INVALID_PARAMS,
        7,
    ),
    (
        "parameters with a field of the wrong kind",
        frame(b'{"jsonrpc": "2.0", "id": 7, "method": "workspace/executeCommand", "params": {}}'),
        INVALID_PARAMS,
        7,
    ),
    ("negative length", b"Content-Length: -5\r\n\r\n{}", PARSE_ERROR, None),
    ("huge length", b"Content-Length: 99999999999999\r\n\r\n{}", PARSE_ERROR, None),
    ("length of no kind", b"Content-Length: ten\r\n\r\n{}", PARSE_ERROR, None),
    ("no header", b"Hello there\r\n\r\n", PARSE_ERROR, None),
]


async def test_what_is_no_message_is_answered_and_the_server_goes_on(
    environment: dict[str, str],
) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        for number, (what, data, code, message_id) in enumerate(MALFORMED, 100):
            await wire.send_bytes(data)
            answer = await wire.receive()
            assert (answer["error"]["code"], answer["id"]) == (code, message_id), what
            asked = await wire.request(number, "workspace/executeCommand", {"command": "none"})
            assert asked["error"]["code"] == INVALID_PARAMS, what
        await wire.send(method="no/such/notification", params={"unheard": "of"})
        await wire.send(method="textDocument/didOpen", params={"textDocument": 3})
        await wire.send(id="unasked", result=3)
        assert "result" in await wire.request(1, "shutdown")
        await wire.send(method="exit")
        assert await wire.exit_status() == 0


WRONG: list[tuple[str, Any, list[str]]] = [
    (names.ASK, None, ["text"]),
    (names.ASK, {"text": "  "}, ["text"]),
    (names.ASK, {"txt": "a", "text": 3}, ["txt", "text"]),
    (names.ASK, {"text": "a", "findingId": "nobody", "uri": None}, ["findingId"]),
    (names.SESSION_RESUME, None, ["sessionId"]),
    (names.SESSION_RENAME, {}, ["sessionId", "title"]),
    (names.SESSION_RESUME, {"sessionId": "nobody"}, ["sessionId"]),
    (names.SESSION_LIST, {"limit": 0}, ["limit"]),
    (names.SESSION_LIST, {"cursor": "nonsense"}, ["cursor"]),
    (names.SESSION_EXPORT, {"format": "pdf"}, ["format"]),
    (names.REVIEW, {"uri": "untitled:Untitled-1"}, ["uri"]),
    (names.REVIEW, {"uri": "file:///no/such/file.py"}, ["uri"]),
    (names.REVIEW, {"uri": None, "reviewers": ["nobody"]}, ["reviewers"]),
    (names.REVIEW, {"range": {"start": 1}}, ["range"]),
    (names.CANCEL, {"turnId": "nobody"}, ["turnId"]),
    (names.USAGE, {"since": "yesterday"}, ["since"]),
    (names.RUN_STEPS, {"steps": "one"}, ["steps"]),
    (names.STATUS, {"verbose": True}, ["verbose"]),
    ("claudeSidecar.dance", None, ["command"]),
]


async def test_wrong_arguments_are_named(environment: dict[str, str]) -> None:
    async with wire_to(environment) as wire:
        await wire.initialize()
        # Before any document was opened or asked about, a review has nothing to go by.
        for number, (command, argument, fields) in enumerate(
            [(names.REVIEW, None, ["uri"]), *WRONG]
        ):
            params = {"command": command} | ({} if argument is None else {"arguments": [argument]})
            answer = await wire.request(number, "workspace/executeCommand", params)
            assert answer["error"]["code"] == INVALID_PARAMS, (command, argument, answer)
            assert answer["error"]["data"] == {"fields": fields}, (command, argument, answer)
            assert all(field in answer["error"]["message"] for field in fields), answer
