"""What turns cost, against what the scripted model billed: wherever money can go astray."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, cut, pause, say, subagent
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk, UsageUpdated
from claude_sidecar.sessions.model import Usage
from claude_sidecar.sessions.ports import AgentOutcome
from support.agents import ECHO, Conversation, RecordingHost
from support.claude import claude_code
from support.model import Model
from support.prices import billed_usd

pytestmark = pytest.mark.anyio

USAGE = TokenUsage(input=1000, output=100, cache_write=300, cache_read=5000)
ONE = billed_usd(USAGE)


def total(outcomes: Sequence[AgentOutcome]) -> float:
    """What turns cost together."""
    return sum(outcome.tally.cost_usd for outcome in outcomes)


def updates(host: RecordingHost) -> list[UsageUpdated]:
    """What a host was told of money."""
    return [event for event in host.events if isinstance(event, UsageUpdated)]


async def test_what_is_spent_is_told_before_the_next_call_of_the_model(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    gate = Gate()
    model.script.reply(call("mcp__sidecar__echo", text="x"), usage=USAGE)
    model.script.reply(pause(gate), say("Done."), usage=USAGE)
    host = RecordingHost()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(agent.run, talk.request("Go."), host)
        await gate.reached.wait()
        assert max(event.tally.bill.cost_usd for event in updates(host)) == pytest.approx(ONE)
        gate.open()
    last = updates(host)[-1].tally
    assert last.cost_usd == pytest.approx(2 * ONE) or last.estimate.cost_usd


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_conversation_that_was_killed_goes_on_with_the_right_costs(
    agent: ClaudeAgent, model: Model, talk: Conversation, how: signal.Signals
) -> None:
    model.script.reply(say("First."), usage=USAGE)
    model.script.reply(say("Second."), call("mcp__sidecar__echo", text="x"), usage=USAGE)
    model.script.reply(say("Third."), pause(Gate()), usage=USAGE)
    model.script.reply(say("Fourth."), usage=USAGE)
    outcomes = [await agent.run(talk.request("One?"), RecordingHost())]
    host = RecordingHost()

    def kill(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk) and "Third" in event.text:
            os.kill(agent.pids[0], how)

    host.on_event = kill
    outcomes.append(await agent.run(talk.request("Two?", begun=True), host))
    assert outcomes[-1].stop_reason == "error"
    # Of the message that was cut off, what it had told: all it had read, and next to no output.
    begun = billed_usd(replace(USAGE, output=1))
    assert outcomes[-1].tally.cost_usd == pytest.approx(ONE + begun)
    outcomes.append(await agent.run(talk.request("Three?", begun=True), RecordingHost()))
    assert outcomes[-1].tally.cost_usd == pytest.approx(ONE)
    assert total(outcomes) == pytest.approx(billed_usd(model.billed) + begun)


async def test_an_interrupted_turn_and_a_failed_one_are_paid_for(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("mcp__sidecar__echo", text="x"), usage=USAGE)
    model.script.reply(say("It begins."), pause(Gate()), usage=USAGE)
    host = RecordingHost()

    def interrupt(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk):
            host.stopping.set()

    host.on_event = interrupt
    cancelled = await agent.run(talk.request("One?"), host)
    assert cancelled.stop_reason == "cancelled"
    read = billed_usd(replace(USAGE, output=0))  # and of what it wrote, those few words
    assert ONE + read < cancelled.tally.cost_usd < ONE + read + billed_usd(TokenUsage(output=10))

    model.script.reply(call("mcp__sidecar__echo", text="x"), usage=USAGE).fail(400, times=3)
    failed = await agent.run(talk.request("Two?", begun=True), RecordingHost())
    assert failed.stop_reason == "error"
    assert failed.tally.cost_usd == pytest.approx(ONE)


async def test_a_fork_pays_for_what_it_does_itself(
    model: Model, talk: Conversation, environment: dict[str, str]
) -> None:
    model.script.reply(say("First."), usage=USAGE).reply(say("Forked."), usage=USAGE)
    model.script.reply(say("Second."), usage=USAGE).reply(say("Third."), usage=USAGE)
    fork = replace(talk, session_id=str(uuid.uuid4()))
    async with ClaudeAgent([ECHO], live_max=0, idle_seconds=60) as agent:
        outcomes = [await agent.run(talk.request("One?"), RecordingHost())]
        options = {"resume": talk.session_id, "fork_session": True, "session_id": fork.session_id}
        async with claude_code(talk.cwd, environment, **options) as claude:
            await claude.query("Fork.")
            async for _ in claude.receive_response():
                pass
        outcomes.append(await agent.run(fork.request("Two?", begun=True), RecordingHost()))
        outcomes.append(await agent.run(talk.request("Three?", begun=True), RecordingHost()))
    assert model.requests[2].prompts == ("One?", "Fork.", "Two?")
    assert [outcome.tally.cost_usd for outcome in outcomes] == pytest.approx([ONE] * 3)
    assert outcomes[1].tally.opening_usd == pytest.approx(2 * ONE)


async def test_the_summary_of_a_compaction_is_paid_for(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    long = TokenUsage(input=990_000, output=10)
    model.script.reply(say("Long."), usage=long).reply(say("On."), usage=USAGE)
    first = await agent.run(talk.request("One?"), RecordingHost())
    second = await agent.run(talk.request("Two?", begun=True), RecordingHost())
    assert first.tally.cost_usd == pytest.approx(billed_usd(long))
    assert second.tally.cost_usd > ONE
    assert total([first, second]) == pytest.approx(billed_usd(model.billed))


async def test_another_model_is_paid_for_by_its_own_price(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("One."), usage=USAGE).reply(say("Two."), usage=USAGE)
    first = await agent.run(talk.request("One?"), RecordingHost())
    request = talk.request("Two?", begun=True)
    request = replace(request, options=replace(request.options, model="claude-haiku-4-5"))
    second = await agent.run(request, RecordingHost())
    assert model.requests[-1].model == "claude-haiku-4-5"
    (name,) = first.tally.bill.by_model
    assert "opus" in name
    ((name, spent),) = second.tally.bill.by_model.items()
    assert name == "claude-haiku-4-5"
    assert spent.usage == Usage(1000, 100, 5000, 300)
    assert spent.cost_usd == pytest.approx(0.002375)


async def test_subagents_side_by_side_are_counted_with_their_turn(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    look = {"description": "Look", "prompt": "Look.", "subagent_type": "general-purpose"}
    model.script.reply(call("Agent", **look), call("Agent", **look), usage=USAGE)
    model.script.reply(say("Seen."), usage=USAGE)
    model.script.when(subagent).reply(say("I looked."), usage=USAGE).forever()
    outcome = await agent.run(talk.request("Look twice."), RecordingHost())
    assert outcome.tally.cost_usd == pytest.approx(4 * ONE) == billed_usd(model.billed)


async def test_a_stream_that_breaks_costs_what_claude_code_says(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("Half"), cut(), usage=USAGE).reply(say(" of it."), usage=USAGE).forever()
    outcome = await agent.run(talk.request("Say it."), RecordingHost())
    assert outcome.tally.billed_usd == pytest.approx(outcome.tally.cost_usd)


async def test_an_agent_in_the_background_is_counted_to_the_turn_that_left_it_running(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    gate, later = Gate(), anyio.Event()
    request = talk.request("Send someone.")
    env = (*request.options.env, ("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "0"))
    talk = replace(talk, options=replace(request.options, env=env))
    look = {"description": "Look", "prompt": "Look.", "subagent_type": "general-purpose"}
    model.script.when(subagent).reply(pause(gate), say("I looked."), usage=USAGE)
    model.script.reply(call("Agent", **look, run_in_background=True), usage=USAGE)
    model.script.reply(say("It is on its way."), usage=USAGE).reply(say("It came."), usage=USAGE)
    model.script.reply(say("Next."), usage=USAGE)
    host = RecordingHost()

    def look_for_the_end(event: AgentEvent) -> None:
        if isinstance(event, UsageUpdated) and event.tally.cost_usd == pytest.approx(4 * ONE):
            later.set()

    host.on_event = look_for_the_end
    outcome = await agent.run(talk.request("Send someone."), host)
    assert outcome.tally.cost_usd == pytest.approx(2 * ONE)
    gate.open()
    with anyio.fail_after(60):
        await later.wait()
    following = await agent.run(talk.request("And now?", begun=True), RecordingHost())
    assert following.tally.cost_usd == pytest.approx(ONE)
    assert billed_usd(model.billed) == pytest.approx(5 * ONE)


async def test_a_process_that_may_not_go_on_stops_after_its_tools_and_calls_nobody(
    agent: ClaudeAgent, model: Model, talk: Conversation, tmp_path: Path
) -> None:
    model.script.reply(
        say("Two things."),
        call("mcp__sidecar__echo", text="a"),
        call("mcp__sidecar__echo", text="b"),
        usage=USAGE,
    ).reply(say("On with it."), usage=USAGE)
    host = RecordingHost(affording=lambda: "The budget is used up.")
    outcome = await agent.run(talk.request("Go."), host)
    assert outcome.stop_reason == "max_budget"
    assert sorted(arguments["text"] for _, arguments, _ in host.called) == ["a", "b"]
    assert len(model.requests) == 1
    assert outcome.tally.cost_usd == pytest.approx(ONE)

    outcome = await agent.run(talk.request("Go on.", begun=True), RecordingHost())
    assert outcome.stop_reason == "end_turn"
    assert model.requests[-1].prompts == ("Go.", "Go on.")
    assert [each.text for each in model.requests[-1].tool_results] == ["echo: a", "echo: b"]
