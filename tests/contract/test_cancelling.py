"""`cancel` says what has stopped and what still runs, within a second, whatever runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import AgentMessageChunk, Event, ToolCallUpdated, Update
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.turns.cancelling import CANCEL_SECONDS, Cancelled, Canceller
from claude_sidecar.sidecar import Sidecar
from support.model import Model
from support.processes import claude_of, descendants, running, runs, wait_for_end
from support.sidecars import Desk

pytestmark = pytest.mark.anyio

SLACK = 60.0
"""Seconds beyond the promise that a busy machine may take."""


async def started(
    sidecar: Sidecar, path: str, prompt: str, until: Callable[[Event], bool]
) -> RunningTurn:
    """A turn, once something has happened in it."""
    happened = anyio.Event()

    def listen(update: Update) -> None:
        if until(update.event):
            happened.set()

    with sidecar.events.subscribed(listen):
        key = sidecar.workspaces.key_of_file(path)
        turn = await sidecar.turns.start(AskRequest(prompt, key))
        await happened.wait()
    return turn


def patient(sidecar: Sidecar) -> Canceller:
    """One that waits as long as a busy machine may take."""
    return replace(sidecar.turns.canceller, seconds=SLACK)


def speaks(event: Event) -> bool:
    return isinstance(event, AgentMessageChunk)


def runs_a_tool(event: Event) -> bool:
    return isinstance(event, ToolCallUpdated) and event.status == "in_progress"


async def test_a_process_that_does_not_stop_is_said_to_run_until_it_is_killed(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("It begins."), pause(Gate()))
    model.script.when("Two?").reply(say("Next."))
    async with desk.open() as sidecar:
        turn = await started(sidecar, path, "One?", speaks)
        pid = claude_of(os.getpid(), turn.session_id)
        os.kill(pid, signal.SIGSTOP)
        with anyio.fail_after(CANCEL_SECONDS + SLACK):
            said = await sidecar.turns.cancel(session_id=turn.session_id)
        assert said == Cancelled((), (turn.turn_id,))
        assert (await turn.result()).stop_reason == "cancelled"
        wait_for_end(pid)
        assert await sidecar.turns.cancel(session_id=turn.session_id) == Cancelled((), ())
        after = await sidecar.ask("Two?", path=path)
    assert after.text == "Next."


async def test_a_killed_process_takes_its_commands_along(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    desk.editor.allowing = lambda _: "allow_once"
    mark = desk.folder / "mark"
    model.script.when("Run it").reply(call("Bash", command=f"echo $$ > {mark}; sleep 50; true"))
    async with desk.open() as sidecar:
        turn = await started(sidecar, path, "Run it", runs_a_tool)
        with anyio.fail_after(60):
            while not _written(mark):
                await anyio.lowlevel.checkpoint()
        pid = claude_of(os.getpid(), turn.session_id)
        commands = descendants(pid)
        assert int(mark.read_text()) in commands
        os.kill(pid, signal.SIGSTOP)
        await sidecar.turns.cancel()
        assert (await turn.result()).stop_reason == "cancelled"
        wait_for_end(pid)
        assert [each for each in commands if runs(each)] == []


async def test_what_runs_in_the_background_is_stopped_and_named(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    desk.editor.allowing = lambda _: "allow_once"
    env = {**desk.settings.env, "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "0"}
    desk.settings = replace(desk.settings, env=env)
    model.script.when("Run it").reply(
        call("Bash", command="sleep 60", description="Waits", run_in_background=True)
    ).reply(say("It runs."))
    model.script.when("Two?").reply(say("Next."))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Run it", path=path)
        assert result.stop_reason == "end_turn"
        pid = claude_of(os.getpid(), result.session_id)
        waiting = running(pid, "sleep 60")
        said = await patient(sidecar).cancel(None, result.turn_id)
        assert (said.stopped, said.still_running, said.background_running) == ((), (), ())
        assert [task.description for task in said.background_stopped] == ["Waits"]
        wait_for_end(waiting)
        assert runs(pid), "the session's process is kept"
        assert await sidecar.turns.cancel() == Cancelled((), ())
        assert (await sidecar.ask("Two?", path=path)).text == "Next."


async def test_a_turn_of_another_process_is_said_to_run(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("It begins."), pause(Gate()))
    async with desk.open() as sidecar, desk.open() as other:
        turn = await started(sidecar, path, "One?", speaks)
        said = await other.turns.cancel(session_id=turn.session_id)
        assert said == Cancelled((), (turn.turn_id,))
        assert await other.turns.cancel(turn_id=turn.turn_id) == Cancelled((), (turn.turn_id,))
        said = await patient(sidecar).cancel(turn.session_id, None)
        assert said == Cancelled((turn.turn_id,), ())


def _written(mark: Path) -> bool:
    return mark.exists() and mark.read_text().endswith("\n")
