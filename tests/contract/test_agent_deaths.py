"""Claude Code is killed: the turn that ran says so, and the session goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk
from claude_sidecar.sessions.ports import AgentOutcome
from claude_sidecar.store.sqlite import open_store
from support.agents import ECHO, Conversation, RecordingHost
from support.model import Model
from support.transcripts import copied, transcript_of

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
    with anyio.fail_after(60):
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


async def test_asked_while_what_a_dead_process_has_written_is_copied(
    environment: dict[str, str], model: Model, talk: Conversation, tmp_path: Path
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    database = tmp_path / "store.sqlite3"
    outcomes: list[AgentOutcome] = []
    async with (
        open_store(database) as store,
        ClaudeAgent([ECHO], live_max=1, idle_seconds=60, records=store) as agent,
    ):
        await agent.run(talk.request("One?"), RecordingHost())
        transcript = transcript_of(environment, talk.session_id)
        await copied(store, transcript)
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody else can write now
            with transcript.open("a", encoding="utf-8") as file:
                file.write('{"type":"tag","tag":"new"}\n')
            os.kill(agent.pids[0], signal.SIGKILL)
            with anyio.fail_after(60):
                while agent.pids:
                    await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()

            async def ask() -> None:
                outcomes.append(await agent.run(talk.request("Two?", begun=True), host))

            host = RecordingHost()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask)
                await anyio.wait_all_tasks_blocked()
                other.execute("ROLLBACK")
    assert (outcomes[0].stop_reason, host.text) == ("end_turn", "Second.")
    assert model.requests[-1].prompts == ("One?", "Two?")
