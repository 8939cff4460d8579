"""Our own tools, as an MCP server that runs in this process.

The SDK checks a call's input against the tool's JSON Schema and answers Claude with what is
wrong; what passes goes to the gate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from claude_agent_sdk import (
    McpSdkServerConfig,
    SdkMcpTool,
    ToolAnnotations,
    create_sdk_mcp_server,
)

from claude_sidecar.agent.gate import Gate
from claude_sidecar.agent.options import SERVER_NAME
from claude_sidecar.sessions.ports import ToolSpec


def build_server(specs: Sequence[ToolSpec], gate: Gate) -> McpSdkServerConfig:
    """The server that one process is given; its calls go to `gate`."""
    tools: list[SdkMcpTool[Any]] = [
        SdkMcpTool(
            name=spec.name,
            description=spec.description,
            input_schema=spec.schema,
            handler=_handler(spec.name, gate),
            annotations=ToolAnnotations(readOnlyHint=spec.read_only),
        )
        for spec in specs
    ]
    return create_sdk_mcp_server(SERVER_NAME, tools=tools)


def _handler(name: str, gate: Gate) -> Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]:
    async def handle(arguments: dict[str, Any]) -> dict[str, Any]:
        reply = await gate.call(name, arguments)
        return {
            "content": [{"type": "text", "text": reply.text}],
            "is_error": reply.is_error,
        }

    return handle
