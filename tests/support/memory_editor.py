"""A client in the test's own process, and our end of its connection: it edits what it is told to.

It keeps what it was asked as plain JSON, applies edits by the letter of the protocol in the encoding
that it counts in, and can be made to misbehave.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from lsprotocol import types

from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.framing import Malformed
from claude_sidecar.lsp.protocol import SidecarProtocol, new_protocol
from claude_sidecar.text import (
    LineIndex,
    Position,
    PositionEncoding,
    Range,
    TextEdit,
    apply_text_edits,
    units_to_column,
)

Json = dict[str, Any]


@dataclass
class MemoryEditor:
    """One client.

    :ivar answering: what it answers to a request, by method and parameters; the result as JSON.
    :ivar told_late: keep `didChange` back until `tell` is called.
    """

    protocol: SidecarProtocol
    client: Client
    documents: OpenDocuments
    answering: Callable[[str, Json], Awaitable[Any]]
    asked: list[tuple[str, Json]] = field(default_factory=list[tuple[str, Json]])
    texts: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    told_late: bool = False
    _untold: list[str] = field(default_factory=list[str])

    @property
    def ranges(self) -> Ranges:
        return Ranges(self.documents)

    def requests(self, method: str) -> list[Json]:
        """The parameters of what was asked by a method."""
        return [params for name, params in self.asked if name == method]

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with another text if one is given: its path."""
        known = path.read_text(encoding="utf-8") if text is None else text
        self.texts[path.as_uri()] = (1, known)
        item = types.TextDocumentItem(path.as_uri(), "python", 1, known)
        self.documents.did_open(types.DidOpenTextDocumentParams(item))
        return str(path)

    def text(self, path: str | Path) -> str:
        return self.texts[Path(path).as_uri()][1]

    def type(self, path: str | Path, text: str) -> None:
        """The user makes another text of a document."""
        self._change(Path(path).as_uri(), text)

    def tell(self) -> None:
        """Send what was kept back."""
        for uri in self._untold:
            version, text = self.texts[uri]
            self.documents.did_change(
                types.DidChangeTextDocumentParams(
                    types.VersionedTextDocumentIdentifier(version, uri),
                    [types.TextDocumentContentChangeWholeDocument(text)],
                )
            )
        self._untold.clear()

    async def apply(self, params: Json, *, only: int | None = None) -> Json:
        """Carry out `workspace/applyEdit`, or the first `only` of its changes, and then refuse."""
        edit = params["edit"]
        changes: list[Json] = edit.get("documentChanges") or [
            {"textDocument": {"uri": uri}, "edits": edits} for uri, edits in edit["changes"].items()
        ]
        for change in changes[:only]:
            problem = self._one(change)
            if problem is not None:
                return {"applied": False, "failureReason": problem}
        if only is not None:
            return {"applied": False, "failureReason": "no more", "failedChange": only}
        return {"applied": True}

    def _one(self, change: Json) -> str | None:
        match change.get("kind"):
            case "create":
                _path(change["uri"]).parent.mkdir(parents=True, exist_ok=True)
                _path(change["uri"]).touch(exist_ok=False)
            case "rename":
                _path(change["newUri"]).parent.mkdir(parents=True, exist_ok=True)
                _path(change["oldUri"]).rename(_path(change["newUri"]))
            case "delete":
                _path(change["uri"]).unlink()
            case _:
                return self._edit(change)
        return None

    def _edit(self, change: Json) -> str | None:
        document = change["textDocument"]
        version, text = self.texts[document["uri"]]
        if document.get("version") not in {None, version}:
            return f"It has version {version}."
        index = LineIndex(text)
        edits = [
            TextEdit(self._range(index, each["range"]), each["newText"]) for each in change["edits"]
        ]
        self._change(document["uri"], apply_text_edits(text, edits))
        return None

    def _range(self, index: LineIndex, wire: Json) -> Range:
        ends = [
            Position(
                end["line"],
                units_to_column(index.line(end["line"]), end["character"], self.documents.encoding),
            )
            for end in (wire["start"], wire["end"])
        ]
        return Range(*ends)

    def _change(self, uri: str, text: str) -> None:
        self.texts[uri] = (self.texts[uri][0] + 1, text)
        self._untold.append(uri)
        if not self.told_late:
            self.tell()


class _Link:
    """Hands what the server sends to whoever listens."""

    def __init__(self) -> None:
        self.on_message: Callable[[Json], None] = lambda _: None

    async def messages(self) -> AsyncIterator[bytes | Malformed]:
        await anyio.sleep_forever()
        yield b""

    def send(self, body: bytes) -> None:
        self.on_message(json.loads(body))

    async def drain(self) -> None:
        """All is sent at once."""


@asynccontextmanager
async def memory_editor(
    capabilities: types.ClientCapabilities, encoding: PositionEncoding = "utf-16"
) -> AsyncGenerator[MemoryEditor]:
    """A client that has said `initialize`; it applies edits until it is told otherwise."""
    _server, protocol = new_protocol()
    link = _Link()
    async with anyio.create_task_group() as tasks:
        protocol.attach(link, tasks)
        client = Client(protocol, types.InitializeParams(capabilities))

        async def apply(method: str, params: Json) -> Any:
            return await editor.apply(params) if method == types.WORKSPACE_APPLY_EDIT else None

        editor = MemoryEditor(protocol, client, OpenDocuments(encoding), apply)

        async def answer(message: Json) -> None:
            editor.asked.append((message["method"], message.get("params") or {}))
            result = await editor.answering(message["method"], message.get("params") or {})
            reply = {"jsonrpc": "2.0", "id": message["id"]}
            body = reply | (result if set(result or ()) == {"error"} else {"result": result})
            await protocol.receive(json.dumps(body).encode())

        def arrived(message: Json) -> None:
            if "id" in message and "method" in message:
                tasks.start_soon(answer, message)

        link.on_message = arrived
        yield editor
        tasks.cancel_scope.cancel()


def _path(uri: str) -> Path:
    return Path(uri.removeprefix("file://"))
