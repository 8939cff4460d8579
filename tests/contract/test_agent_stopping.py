"""Interrupting Claude: soon, whatever it is doing, and with the session usable afterwards."""

from __future__ import annotations

import os
import signal

import anyio
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk, ToolCallUpdated
from claude_sidecar.sessions.ports import AgentOutcome, AgentRequest, Allow, Ask
from support.agents import Conversation, RecordingHost
from support.model import Model

pytestmark = pytest.mark.anyio

SOON = 60.0  # on a quiet machine it is well below the second that is promised


async def stopped_at(
    agent: ClaudeAgent, request: AgentRequest, host: RecordingHost, moment: anyio.Event
) -> AgentOutcome:
    """Run a turn, set its host to stopping at a moment, and see it end soon."""
    outcomes: list[AgentOutcome] = []
    ended = anyio.Event()

    async def run() -> None:
        outcomes.append(await agent.run(request, host))
        ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await moment.wait()
        host.stopping.set()
        with anyio.fail_after(SOON):
            await ended.wait()
    return outcomes[0]


def at_first_words(host: RecordingHost) -> anyio.Event:
    moment = anyio.Event()

    def look(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk):
            moment.set()

    host.on_event = look
    return moment


async def test_stopped_in_mid_stream(agent: ClaudeAgent, model: Model, talk: Conversation) -> None:
    model.script.reply(say("It begins."), pause(Gate())).reply(say("Next."))
    host = RecordingHost()
    outcome = await stopped_at(agent, talk.request("One?"), host, at_first_words(host))
    assert (outcome.stop_reason, outcome.error) == ("cancelled", None)
    assert host.text == "It begins."

    pids = agent.pids
    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (outcome.stop_reason, host.text) == ("end_turn", "Next.")
    assert agent.pids == pids
    request = model.requests[-1]
    assert [prompt for prompt in request.prompts if prompt in {"One?", "Two?"}] == ["One?", "Two?"]
    assert request.replies == ("It begins.",)


async def test_stopped_before_the_first_word(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    gate, reached = Gate(), anyio.Event()
    model.script.reply(pause(gate)).reply(say("Next."))
    outcomes: list[AgentOutcome] = []

    async def run() -> None:
        outcomes.append(await stopped_at(agent, talk.request("One?"), RecordingHost(), reached))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await gate.reached.wait()
        reached.set()
    assert outcomes[0].stop_reason == "cancelled"
    host = RecordingHost()
    await agent.run(talk.request("Two?", begun=True), host)
    assert host.text == "Next."
    prompts = [prompt.strip() for prompt in model.requests[-1].prompts]
    assert [prompt for prompt in prompts if "?" in prompt] == ["One?", "Two?"]


async def test_stopped_as_soon_as_it_is_sent(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.when("One?").reply(say("It begins."), pause(Gate()))
    model.script.when("Two?").reply(say("Next."))
    await agent.prepare(talk.session_id, talk.request("").options, begun=False)
    host = RecordingHost()
    at_once = anyio.Event()
    at_once.set()
    outcome = await stopped_at(agent, talk.request("One?"), host, at_once)
    assert outcome.stop_reason == "cancelled"
    host = RecordingHost()
    await agent.run(talk.request("Two?"), host)
    assert host.text == "Next."


async def test_stopped_while_a_tool_runs(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    mark = talk.cwd / "mark"
    model.script.reply(call("Bash", command=f"echo $$ > {mark}; sleep 50")).reply(say("Next."))
    host = RecordingHost()
    moment = anyio.Event()

    def look(event: AgentEvent) -> None:
        if isinstance(event, ToolCallUpdated) and event.status == "in_progress":
            moment.set()

    host.on_event = look
    outcome = await stopped_at(agent, talk.request("Run it."), host, moment)
    assert outcome.stop_reason == "cancelled"
    assert [e.status for e in host.events if isinstance(e, ToolCallUpdated)][-1] == "failed"
    host = RecordingHost()
    await agent.run(talk.request("And now?", begun=True), host)
    assert host.text == "Next."


async def test_a_cancelled_scope_interrupts_as_well(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("It begins."), pause(Gate())).reply(say("Next."))
    host = RecordingHost()
    moment = at_first_words(host)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(agent.run, talk.request("One?"), host)
        await moment.wait()
        tasks.cancel_scope.cancel()
    await model.exchanges[0].ended.wait()
    assert model.exchanges[0].ending == "abandoned"
    host = RecordingHost()
    await agent.run(talk.request("Two?", begun=True), host)
    assert host.text == "Next."


async def test_one_that_does_not_stop_is_killed_and_the_session_goes_on(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("Yes.")).reply(say("It begins."), pause(Gate())).reply(say("Next."))
    await agent.run(talk.request("There?"), RecordingHost())  # a transcript is on the disk
    host = RecordingHost()
    frozen: list[int] = []

    def freeze(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk):
            frozen.extend(agent.pids)
            os.kill(frozen[0], signal.SIGSTOP)
            host.stopping.set()

    host.on_event = freeze
    with anyio.fail_after(60):
        outcome = await agent.run(talk.request("One?", begun=True), host)
    assert outcome.stop_reason == "cancelled"
    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (host.text, outcome.resumed) == ("Next.", True)
    assert frozen[0] not in agent.pids


async def test_stopped_while_it_asks_for_permission(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    asked = anyio.Event()

    class Waiting(RecordingHost):
        withdrawn = False

        async def permit(self, use: object) -> Allow:
            asked.set()
            try:
                await anyio.Event().wait()
            finally:
                self.withdrawn = True
            return Allow()

    model.script.reply(call("Bash", command="touch a")).reply(say("Next."))
    host = Waiting(judging=lambda _: Ask())
    outcome = await stopped_at(agent, talk.request("Run it."), host, asked)
    assert outcome.stop_reason == "cancelled"
    assert host.withdrawn
