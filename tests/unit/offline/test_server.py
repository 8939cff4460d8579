"""The Messages API's shapes, as the real Claude Code takes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import pytest
from claude_agent_sdk import (
    ClaudeAgentOptions,
    ClaudeSDKClient,
    Message,
    ResultMessage,
    create_sdk_mcp_server,
    tool,
)

from claude_sidecar.offline.script import say
from support.model import Model

pytestmark = pytest.mark.anyio


@tool("report_finding", "Report a finding", {"file": str, "line": int})
async def report_finding(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": f"noted {arguments['file']}"}]}


@pytest.fixture
def options(tmp_path: Path, environment: dict[str, str]) -> ClaudeAgentOptions:
    return ClaudeAgentOptions(
        cwd=tmp_path,
        env=environment,
        include_partial_messages=True,
        setting_sources=[],
        mcp_servers={"sidecar": create_sdk_mcp_server("sidecar", tools=[report_finding])},
        allowed_tools=["mcp__sidecar__report_finding"],
    )


@pytest.fixture
async def claude(options: ClaudeAgentOptions) -> AsyncGenerator[ClaudeSDKClient]:
    async with ClaudeSDKClient(options) as client:
        yield client


async def ask(client: ClaudeSDKClient, prompt: str) -> list[Message]:
    with anyio.fail_after(30):
        await client.query(prompt)
        return [message async for message in client.receive_response()]


async def test_text(claude: ClaudeSDKClient, model: Model) -> None:
    model.script.reply(say("Hel", "lo"))
    messages = await ask(claude, "Hi there")
    assert isinstance(messages[-1], ResultMessage)
    assert messages[-1].result == "Hello"
