"""Claude Code itself, through the SDK's client, for tests of what stands on either side of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
from claude_agent_sdk import (
    ClaudeAgentOptions,
    ClaudeSDKClient,
    Message,
    ResultMessage,
    StreamEvent,
    create_sdk_mcp_server,
    tool,
)

TURN_SECONDS = 60

T = TypeVar("T")


@tool("report_finding", "Report a finding", {"file": str, "title": str})
async def report_finding(arguments: dict[str, Any]) -> dict[str, Any]:
    """A tool that says what it was told."""
    return {"content": [{"type": "text", "text": f"noted: {arguments['title']}"}]}


@asynccontextmanager
async def claude_code(
    folder: Path, environment: dict[str, str], **more: Any
) -> AsyncGenerator[ClaudeSDKClient]:
    """A connected client; `more` are further options of the SDK."""
    options = ClaudeAgentOptions(
        cwd=folder,
        env=environment,
        include_partial_messages=True,
        setting_sources=[],
        mcp_servers={"sidecar": create_sdk_mcp_server("sidecar", tools=[report_finding])},
        allowed_tools=["mcp__sidecar__report_finding", "Agent"],
        **more,
    )
    async with ClaudeSDKClient(options) as client:
        yield client


async def ask(client: ClaudeSDKClient, prompt: str) -> list[Message]:
    """Send a prompt; all messages up to its result."""
    await client.query(prompt)
    return await answer(client)


async def answer(client: ClaudeSDKClient) -> list[Message]:
    """All messages up to the result of a prompt that was sent."""
    with anyio.fail_after(TURN_SECONDS):
        return [message async for message in client.receive_response()]


def result(messages: Sequence[Message]) -> ResultMessage:
    """How the turn ended."""
    (only,) = of_type(messages, ResultMessage)
    return only


def of_type(messages: Sequence[Message], kind: type[T]) -> list[T]:
    """The messages of one kind."""
    return [message for message in messages if isinstance(message, kind)]


def deltas(messages: Sequence[Message], kind: str) -> list[str]:
    """What was streamed, piece by piece: `text`, `thinking` or `partial_json`."""
    found = [event.event.get("delta", {}).get(kind) for event in of_type(messages, StreamEvent)]
    return [piece for piece in found if piece is not None]
