"""New and resumed conversations, and what happens where the caller guessed wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.errors import SessionNotResumable
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import say
from claude_sidecar.sessions.model import Usage
from support.agents import ECHO, Conversation, RecordingHost
from support.model import Model
from support.prices import billed_usd

pytestmark = pytest.mark.anyio


async def test_a_conversation_goes_on_in_another_process(
    model: Model, talk: Conversation, environment: dict[str, str]
) -> None:
    usage = TokenUsage(500, 60, 0, 0)
    model.script.reply(say("First."), usage=usage).reply(say("Second."), usage=usage)
    async with ClaudeAgent([ECHO], live_max=1, idle_seconds=60) as agent:
        first = await agent.run(talk.request("One?"), RecordingHost())
    async with ClaudeAgent([ECHO], live_max=1, idle_seconds=60) as agent:
        host = RecordingHost()
        outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (host.text, outcome.resumed) == ("Second.", True)
    assert model.requests[-1].prompts == ("One?", "Two?")
    assert outcome.usage == Usage(500, 60)
    assert outcome.tally.cost_usd == pytest.approx(first.tally.cost_usd) == billed_usd(usage)


async def test_one_that_was_thought_new_is_resumed(
    model: Model, talk: Conversation, environment: dict[str, str]
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    async with ClaudeAgent([ECHO], live_max=0, idle_seconds=60) as agent:
        await agent.run(talk.request("One?"), RecordingHost())
        outcome = await agent.run(talk.request("Two?", begun=False), RecordingHost())
    assert outcome.resumed
    assert model.requests[-1].prompts == ("One?", "Two?")


async def test_an_unknown_one_is_told_before_anything_is_sent(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    with pytest.raises(SessionNotResumable, match=talk.session_id) as failure:
        await agent.run(talk.request("One?", begun=True), RecordingHost())
    assert failure.value.reason == "its transcript is gone or cannot be read"
    assert model.requests == []
    assert (await agent.health()).live_sessions == 0


@pytest.mark.parametrize("kept", [0, 100], ids=["empty", "cut"])
async def test_one_whose_transcript_is_broken_cannot_be_resumed(
    agent: ClaudeAgent, model: Model, talk: Conversation, environment: dict[str, str], kept: int
) -> None:
    model.script.reply(say("First."))
    await agent.run(talk.request("One?"), RecordingHost())
    await agent.release(talk.session_id)
    folder = Path(environment["CLAUDE_CONFIG_DIR"]) / "projects"
    (transcript,) = folder.glob(f"*/{talk.session_id}.jsonl")
    transcript.write_bytes(transcript.read_bytes()[:kept])
    with pytest.raises(SessionNotResumable):
        await agent.run(talk.request("Two?", begun=True), RecordingHost())
    assert len(model.requests) == 1


async def test_other_options_mean_another_process_and_the_same_conversation(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    pids = agent.pids
    request = talk.request("Two?", begun=True)
    options = replace(request.options, effort="low")
    await agent.run(replace(request, options=options), RecordingHost())
    assert agent.pids != pids
    assert len(agent.pids) == 1
    assert model.requests[-1].prompts == ("One?", "Two?")
    assert model.requests[-1].body["output_config"]["effort"] == "low"


async def test_the_prompts_uuid_is_the_turns(
    agent: ClaudeAgent, model: Model, talk: Conversation, environment: dict[str, str]
) -> None:
    model.script.reply(say("First."))
    request = talk.request("One?")
    await agent.run(request, RecordingHost())
    await agent.release(talk.session_id)
    folder = Path(environment["CLAUDE_CONFIG_DIR"]) / "projects"
    (transcript,) = folder.glob(f"*/{talk.session_id}.jsonl")
    assert f'"uuid":"{request.turn_id}"' in transcript.read_text()
