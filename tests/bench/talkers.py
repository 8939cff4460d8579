"""The same prompt on different ways to the same model, each from sending it to the first words.

A talker's `turn` calls `first` when the first words have come, and returns at the end of the turn.
"""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import anyio.lowlevel
from anyio.from_thread import BlockingPortal
from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient, Message, StreamEvent, query

from bench.comparing import Subject
from claude_sidecar.agent.gate import Gate
from claude_sidecar.agent.options import Conversation, for_process
from claude_sidecar.agent.tools import build_server
from claude_sidecar.sessions.ports import AgentOptions
from claude_sidecar.sessions.prompts.tools import TOOL_SPECS
from claude_sidecar.sessions.prompts.turns import INSTRUCTIONS
from support.wires import Wire, wire_to

PROMPT = "Does that hold for an empty list as well?"
_DEADLINE = 60.0


class Talker(Protocol):
    """Takes a prompt to the model."""

    async def turn(self, first: Callable[[], None]) -> None:
        """One turn."""
        ...


class Sidecar:
    """Our server over standard input and output, as an editor would ask it."""

    def __init__(self, wire: Wire, document: Path) -> None:
        self._wire = wire
        self._uri = document.as_uri()
        self._turns = 0

    @property
    def pid(self) -> int:
        return self._wire.process.pid

    async def turn(self, first: Callable[[], None]) -> None:
        self._turns += 1
        arguments = [{"uri": self._uri, "text": PROMPT}]
        params = {"command": "claudeSidecar.ask", "arguments": arguments}
        await self._wire.send(id=self._turns, method="workspace/executeCommand", params=params)
        answer: dict[str, Any] = {}
        while answer.get("id") != self._turns:
            answer = await self._wire.receive()
            params = answer.get("params", {})
            if params.get("update", {}).get("kind") == "agent_message_chunk":
                first()
        assert answer["result"]["stopReason"] == "end_turn", answer


class WarmClient:
    """The SDK's own client, connected, with the options that ours has."""

    def __init__(self, client: ClaudeSDKClient) -> None:
        self._client = client

    async def turn(self, first: Callable[[], None]) -> None:
        await self._client.query(PROMPT)
        await _heard(self._client.receive_response(), first)


class ProcessEach:
    """A process for each turn, which resumes the session."""

    def __init__(self, options: ClaudeAgentOptions) -> None:
        self._options = options

    async def turn(self, first: Callable[[], None]) -> None:
        await _heard(query(prompt=PROMPT, options=self._options), first)
        begun, self._options.session_id = self._options.session_id, None
        self._options.resume = self._options.resume or begun


@dataclass
class BareCalls:
    """The call to the model alone, on a connection kept alive, with a body that Claude Code sent."""

    url: str
    body: bytes = b""
    _rest: http.client.HTTPResponse | None = None
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc)

    def take_last_body(self) -> None:
        """Send from now on what the model was last sent."""
        self._connection.request("GET", "/last")
        self.body = self._connection.getresponse().read()
        assert PROMPT in json.dumps(json.loads(self.body)["messages"]), "not a turn's"

    def run(self) -> None:
        self._connection.request("POST", "/v1/messages", self.body)
        self._rest = self._connection.getresponse()
        while b"text_delta" not in self._rest.readline():
            pass

    def read_rest(self) -> None:
        assert self._rest is not None
        self._rest.read()

    def close(self) -> None:
        self._connection.close()


def subject(name: str, portal: BlockingPortal, talker: Talker) -> Subject:
    """A talker, to be timed up to the first words."""
    first = threading.Event()
    running: list[Future[None]] = []

    def run() -> None:
        first.clear()
        running.append(portal.start_task_soon(talker.turn, first.set))
        assert first.wait(_DEADLINE), f"no words from {name}"

    return Subject(name, run, after=lambda: running.pop().result(_DEADLINE))


def whole_turn(name: str, portal: BlockingPortal, talker: Talker) -> Subject:
    """A talker, to be timed up to the end of the turn."""
    return Subject(name, lambda: portal.call(talker.turn, lambda: None))


@asynccontextmanager
async def sidecar(environment: dict[str, str], folder: Path) -> AsyncGenerator[Sidecar]:
    """A server with a document open."""
    document = folder / "mean.py"
    text = "def mean(numbers):\n    return sum(numbers) / len(numbers)\n"
    document.write_text(text, encoding="utf-8")
    async with wire_to(environment) as wire:
        await wire.initialize(
            workspaceFolders=[{"uri": folder.as_uri(), "name": folder.name}],
            capabilities={"experimental": {"claudeSidecar": {"sessionUpdates": True}}},
        )
        item = {"uri": document.as_uri(), "languageId": "python", "version": 1, "text": text}
        await wire.send(method="textDocument/didOpen", params={"textDocument": item})
        yield Sidecar(wire, document)


@asynccontextmanager
async def warm_client(environment: dict[str, str], folder: Path) -> AsyncGenerator[WarmClient]:
    """A client of the SDK's, connected."""
    async with ClaudeSDKClient(_options(environment, folder)) as client:
        yield WarmClient(client)


def process_each(environment: dict[str, str], folder: Path) -> ProcessEach:
    """A session whose every turn is a process."""
    return ProcessEach(_options(environment, folder))


def _options(environment: dict[str, str], folder: Path) -> ClaudeAgentOptions:
    """What our own processes are started with, in a session of its own."""
    options = AgentOptions(str(folder), INSTRUCTIONS, env=tuple(environment.items()))
    server = build_server(TOOL_SPECS, Gate(anyio.lowlevel.checkpoint))
    conversation = Conversation(str(uuid.uuid4()), begun=False)
    return replace(for_process(options, conversation, server), verbatim_prompts=True)


async def _heard(messages: AsyncIterable[Message], first: Callable[[], None]) -> None:
    async for message in messages:
        if isinstance(message, StreamEvent) and "delta" in message.event:
            first()
