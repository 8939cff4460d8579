"""A prompt's way through Claude Code and back: what the model receives and what the host is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.script import call, say, think
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    ToolCallStarted,
    ToolCallUpdated,
)
from support.agents import ECHO, Conversation, RecordingHost
from support.model import Model

pytestmark = pytest.mark.anyio


@pytest.fixture
async def agent(environment: dict[str, str]) -> AsyncGenerator[ClaudeAgent]:
    async with ClaudeAgent([ECHO], live_max=2, idle_seconds=60) as agent:
        yield agent


@pytest.fixture
def talk(tmp_path: Path) -> Conversation:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return Conversation(folder)


async def test_a_prompt_is_answered_in_pieces(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(think("Let me ", "see."), say("Hello ", "there."))
    host = RecordingHost()
    outcome = await agent.run(talk.request("Greet me."), host)
    assert outcome.stop_reason == "end_turn"
    assert [event for event in host.events if isinstance(event, AgentMessageChunk)] == [
        AgentMessageChunk("Hello "),
        AgentMessageChunk("there."),
    ]
    thoughts = [event.text for event in host.events if isinstance(event, AgentThoughtChunk)]
    assert "".join(thoughts) == "Let me see."
    assert not outcome.resumed
    assert outcome.billed_usd
    assert "You are part of a test." in model.requests[0].system


async def test_a_follow_up_continues_the_conversation_in_the_same_process(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    pids = agent.pids
    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (host.text, outcome.resumed) == ("Second.", True)
    assert agent.pids == pids
    assert model.requests[-1].prompts == ("One?", "Two?")
    assert model.requests[-1].replies == ("First.",)


async def test_our_tool_is_called_with_what_the_model_gave(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("mcp__sidecar__echo", text="hi")).reply(say("It said hi."))
    host = RecordingHost()
    await agent.run(talk.request("Use the tool."), host)
    assert host.called == [("echo", {"text": "hi"}, None)]
    assert model.requests[0].tools["mcp__sidecar__echo"]["input_schema"]["required"] == ["text"]
    (result,) = model.requests[1].tool_results
    assert (result.text, result.is_error) == ("echo: hi", False)
    started = next(event for event in host.events if isinstance(event, ToolCallStarted))
    updates = [event for event in host.events if isinstance(event, ToolCallUpdated)]
    assert [update.tool_call_id for update in updates] == [started.call.id] * 2
    assert [update.status for update in updates] == ["in_progress", "completed"]
    assert updates[-1].content == "echo: hi"


async def test_sessions_side_by_side_do_not_mix(
    agent: ClaudeAgent, model: Model, tmp_path: Path
) -> None:
    hosts = {f"number {number}": RecordingHost() for number in range(3)}
    for name in hosts:
        model.script.when(name).reply(say(f"This is {name}."))
    async with anyio.create_task_group() as tasks:
        for name, host in hosts.items():
            tasks.start_soon(agent.run, Conversation(tmp_path).request(name), host)
    assert {name: host.text for name, host in hosts.items()} == {
        name: f"This is {name}." for name in hosts
    }
