"""Claude Code is killed: the turn that ran says so, and the session goes on."""

from __future__ import annotations

import os
import signal

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk
from support.agents import Conversation, RecordingHost
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_killed_in_mid_turn(agent: ClaudeAgent, model: Model, talk: Conversation) -> None:
    model.script.reply(say("Yes.")).reply(say("It begins."), pause(Gate())).reply(say("Next."))
    await agent.run(talk.request("There?"), RecordingHost())  # a transcript is on the disk
    host = RecordingHost()

    def kill(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk):
            os.kill(agent.pids[0], signal.SIGKILL)

    host.on_event = kill
    outcome = await agent.run(talk.request("One?", begun=True), host)
    assert outcome.stop_reason == "error"
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.retryable) == ("process", True)
    assert "-9" in outcome.error.message
    assert host.text == "It begins."
    assert outcome.usage.input_tokens > 0

    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (outcome.stop_reason, host.text, outcome.resumed) == ("end_turn", "Next.", True)
    assert "There?" in model.requests[-1].prompts


async def test_killed_while_idle_and_noticed(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    os.kill(agent.pids[0], signal.SIGKILL)
    with anyio.fail_after(30):
        while agent.pids:
            await anyio.lowlevel.checkpoint()
    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (outcome.stop_reason, host.text, outcome.resumed) == ("end_turn", "Second.", True)
    assert model.requests[-1].prompts == ("One?", "Two?")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_killed_at_the_moment_of_the_next_prompt(
    agent: ClaudeAgent, model: Model, talk: Conversation, how: signal.Signals
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    host = RecordingHost()
    os.kill(agent.pids[0], how)
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (outcome.stop_reason, host.text) == ("end_turn", "Second.")
    assert model.requests[-1].prompts == ("One?", "Two?")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_killed_before_claude_says_anything(
    agent: ClaudeAgent, model: Model, talk: Conversation, how: signal.Signals
) -> None:
    """The prompt is in the transcript by then: it is passed over, or stands there twice, unless it
    is forgotten first.
    """
    called = Gate()
    model.script.reply(say("First.")).reply(pause(called), say("Lost.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    host = RecordingHost()
    async with anyio.create_task_group() as tasks:

        async def kill() -> None:
            await called.reached.wait()
            os.kill(agent.pids[0], how)

        tasks.start_soon(kill)
        outcome = await agent.run(talk.request("Two?", begun=True), host)
        assert (outcome.stop_reason, host.text, outcome.resumed) == ("end_turn", "Second.", True)
    assert len(model.requests) == 3
    assert model.requests[-1].prompts == ("One?", "Two?")
