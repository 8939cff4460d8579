"""Which processes are kept warm, and which are ended."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.agents import ECHO, Conversation, RecordingHost, options_in
from support.model import Model

pytestmark = pytest.mark.anyio


async def settled(agent: ClaudeAgent, processes: int) -> None:
    """Wait until so many processes are left."""
    with anyio.fail_after(60):
        while len(agent.pids) != processes:
            await anyio.lowlevel.checkpoint()


async def test_one_started_ahead_serves_the_first_prompt(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("Hello."))
    request = talk.request("Hello?")
    async with anyio.create_task_group() as tasks:  # together with the prompt that it is for
        tasks.start_soon(_prepare, agent, talk)
        await agent.run(request, RecordingHost())
    (pid,) = agent.pids
    await _prepare(agent, talk)
    assert agent.pids == (pid,)
    assert model.requests[0].session_id == talk.session_id


async def test_the_least_recently_used_goes_first(
    agent: ClaudeAgent, model: Model, tmp_path: Path
) -> None:
    model.script.reply(say("Yes.")).forever()
    talks = [Conversation(tmp_path) for _ in range(3)]
    kept: list[int] = []
    for talk in talks:
        await agent.run(talk.request("There?"), RecordingHost())
        kept.append(agent.pids[-1])
    await settled(agent, 2)
    assert set(agent.pids) == set(kept[1:])


async def test_running_turns_are_not_bounded(
    model: Model, tmp_path: Path, environment: dict[str, str]
) -> None:
    gate = Gate()
    model.script.reply(pause(gate), say("Yes.")).forever()
    hosts = [RecordingHost() for _ in range(3)]
    async with ClaudeAgent([ECHO], live_max=0, idle_seconds=60) as agent:
        async with anyio.create_task_group() as tasks:
            for host in hosts:
                tasks.start_soon(agent.run, Conversation(tmp_path).request("There?"), host)
            with anyio.fail_after(60):
                while len(model.requests) < 3:
                    await anyio.lowlevel.checkpoint()
            assert len(agent.pids) == 3
            gate.open()
        await settled(agent, 0)
    assert [host.text for host in hosts] == ["Yes."] * 3


async def test_ahead_is_started_only_where_there_is_room(
    agent: ClaudeAgent, model: Model, tmp_path: Path
) -> None:
    model.script.reply(say("Yes.")).forever()
    first, second, third = (Conversation(tmp_path) for _ in range(3))
    await agent.run(first.request("There?"), RecordingHost())
    await _prepare(agent, second)
    used, unused = agent.pids
    await _prepare(agent, third)
    await settled(agent, 2)
    assert used in agent.pids
    assert unused not in agent.pids  # one that was never used went for it
    await agent.run(third.request("There?"), RecordingHost())
    both = agent.pids
    await _prepare(agent, second)
    assert agent.pids == both


async def test_idle_ones_are_ended_in_time_and_by_configuration(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    await _prepare(agent, talk)
    await _prepare(agent, Conversation(talk.cwd))
    agent.configure(live_max=1, idle_seconds=60)
    await settled(agent, 1)
    agent.configure(live_max=1, idle_seconds=0.01)
    await settled(agent, 0)


async def test_a_released_one_is_gone(agent: ClaudeAgent, model: Model, talk: Conversation) -> None:
    await _prepare(agent, talk)
    assert len(agent.pids) == 1
    await agent.release(talk.session_id)
    assert agent.pids == ()
    await agent.release(talk.session_id)


async def _prepare(agent: ClaudeAgent, talk: Conversation) -> None:
    await agent.prepare(talk.session_id, options_in(talk.cwd), begun=False)
