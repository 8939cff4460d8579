"""A client that speaks bytes: for what no well-behaved client would ever send."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.abc

from claude_sidecar.lsp.framing import Frames, frame

DEADLINE = 110.0


@dataclass
class Wire:
    """A server process and its pipes."""

    process: anyio.abc.Process
    _frames: Frames = field(default_factory=Frames)
    _arrived: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        await self.process.stdin.send(data)

    async def send(self, **message: Any) -> None:
        """Send a message, `jsonrpc` being added."""
        await self.send_bytes(frame(json.dumps({"jsonrpc": "2.0", **message}).encode()))

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        assert self.process.stdout is not None
        with anyio.fail_after(DEADLINE):
            while not self._arrived:
                for item in self._frames.feed(await self.process.stdout.receive()):
                    assert isinstance(item, bytes), item
                    self._arrived.append(json.loads(item))
        return self._arrived.pop(0)

    async def answer_to(self, message_id: int | str | None) -> dict[str, Any]:
        """The next answer to that request; what comes before it is dropped."""
        while True:
            message = await self.receive()
            if "method" not in message and message["id"] == message_id:
                return message

    async def request(self, message_id: int, method: str, params: Any = None) -> dict[str, Any]:
        """Send a request and give its answer."""
        await self.send(id=message_id, method=method, params=params)
        return await self.answer_to(message_id)

    async def initialize(self, **params: Any) -> dict[str, Any]:
        """Say `initialize` and `initialized`."""
        answer = await self.request(
            0, "initialize", {"processId": None, "capabilities": {}} | params
        )
        await self.send(method="initialized", params={})
        return answer

    async def close_input(self) -> None:
        assert self.process.stdin is not None
        await self.process.stdin.aclose()

    async def exit_status(self) -> int:
        """Wait for the process to end."""
        with anyio.fail_after(DEADLINE):
            return await self.process.wait()


@asynccontextmanager
async def wire_to(
    environment: Mapping[str, str], *arguments: str, command: Sequence[str] = ("serve",)
) -> AsyncGenerator[Wire]:
    """A server process; it is gone on leaving."""
    process = await anyio.open_process(
        [sys.executable, "-m", "claude_sidecar", *command, *arguments], env=dict(environment)
    )
    async with process:
        try:
            yield Wire(process)
        finally:
            if process.returncode is None:
                process.kill()
