"""A program that runs one turn and tells on standard output which processes it started, and when.

It is started by tests that kill it in mid-turn. Argument: the folder to work in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk, ToolCallUpdated
from support.agents import Conversation, RecordingHost


async def main(folder: Path) -> None:
    async with ClaudeAgent([], live_max=1, idle_seconds=60) as agent:

        def tell(event: AgentEvent) -> None:
            if isinstance(event, (AgentMessageChunk, ToolCallUpdated)):
                sys.stdout.write(f"{agent.pids[0]}\n")
                sys.stdout.flush()

        await agent.run(Conversation(folder).request("Begin."), RecordingHost(on_event=tell))


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]))
