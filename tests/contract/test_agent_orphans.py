"""No Claude Code process outlives its sidecar, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import ReplyPart
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk
from support.agents import ECHO, Conversation, RecordingHost
from support.model import Model
from support.processes import runs, wait_for_end

DEADLINE = 60

in_mid_turn = pytest.mark.parametrize(
    "parts",
    [
        pytest.param((say("It begins."), pause(Gate())), id="streaming"),
        pytest.param((call("Bash", command="sleep 60"),), id="tool running"),
    ],
)


@in_mid_turn
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_sidecar_is_killed(
    threaded_model: Model,
    environment: dict[str, str],
    tmp_path: Path,
    parts: tuple[ReplyPart, ...],
    how: signal.Signals,
) -> None:
    threaded_model.script.reply(*parts).reply(say("It goes on.")).forever()
    with _program(environment, tmp_path) as (program, pid):
        assert runs(pid)
        program.send_signal(how)
        wait_for_end(pid)


@pytest.mark.anyio
@in_mid_turn
async def test_the_agent_is_left_in_mid_turn(
    model: Model, talk: Conversation, environment: dict[str, str], parts: tuple[ReplyPart, ...]
) -> None:
    model.script.reply(say("Yes."), *parts).reply(say("It goes on."))
    pids: list[int] = []
    begun = anyio.Event()

    def note(event: AgentEvent) -> None:
        if isinstance(event, AgentMessageChunk):
            pids.extend(agent.pids)
            begun.set()

    with anyio.fail_after(DEADLINE):
        async with (
            anyio.create_task_group() as tasks,
            ClaudeAgent([ECHO], live_max=1, idle_seconds=60) as agent,
        ):
            tasks.start_soon(agent.run, talk.request("Begin."), RecordingHost(on_event=note))
            await begun.wait()
            tasks.cancel_scope.cancel()
    assert [pid for pid in pids if runs(pid)] == []


@pytest.mark.anyio
async def test_leaving_while_one_starts(talk: Conversation, environment: dict[str, str]) -> None:
    started: list[int] = []
    with anyio.fail_after(DEADLINE):
        async with (
            anyio.create_task_group() as tasks,
            ClaudeAgent([ECHO], live_max=1, idle_seconds=60) as agent,
        ):
            options = talk.request("").options
            tasks.start_soon(lambda: agent.prepare(talk.session_id, options, begun=False))
            while not agent.pids:
                await anyio.lowlevel.checkpoint()
            started.extend(agent.pids)
            tasks.cancel_scope.cancel()
    assert [pid for pid in started if runs(pid)] == []


@contextmanager
def _program(
    environment: dict[str, str], folder: Path
) -> Generator[tuple[subprocess.Popen[str], int]]:
    """The program in mid-turn, and the id of the Claude Code process that it started."""
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-m", "support.turn_program", str(folder)]
    with subprocess.Popen(
        command,
        env={**environment, "PYTHONPATH": str(tests)},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        try:
            yield program, pid
        finally:
            program.kill()
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
