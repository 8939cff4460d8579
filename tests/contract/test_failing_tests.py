"""A failing test as the symptom: run, mended, run again, until it is seen to pass or not."""

from __future__ import annotations

import sys

import anyio
import pytest

from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.events import ToolCallUpdated, TurnStarted
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.debugging import DebugWish
from claude_sidecar.sessions.ports import PermissionQuestion
from claude_sidecar.sidecar import Sidecar
from support.model import Model
from support.processes import wait_for_end
from support.sidecars import Desk, Recorder

pytestmark = pytest.mark.anyio

STATS = "def mean(values):\n    return sum(values) / len(values)\n"
TEST = "from stats import mean\n\n\ndef test_mean_of_nothing():\n    assert mean([]) == 0\n"
PYTEST = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -q -p no:cacheprovider"
WRONG = "    return sum(values) / max(1, len(values)) + 1\n"
RIGHT = "    return sum(values) / max(1, len(values))\n"


@pytest.fixture
def path(desk: Desk) -> str:
    desk.write("test_stats.py", TEST)
    desk.editor.allowing = lambda _: "allow_once"
    return desk.write("stats.py", STATS)


async def exported(desk: Desk, session_id: str) -> str:
    """A session as Markdown, by a sidecar that was started since."""
    async with desk.open() as sidecar:
        return await sidecar.sessions.export(session_id)


async def run(sidecar: Sidecar, *, test: str = PYTEST, error: str | None = None) -> TurnResult:
    wish = DebugWish(sidecar.workspaces.key_of_workspace(), test=test, error=error)
    turn = await sidecar.turns.start(await sidecar.debugging.request(wish))
    return await turn.result()


def commands(desk: Desk) -> list[PermissionQuestion]:
    return [each for each in desk.editor.asked if each.tool_kind in {"execute", "other"}]


async def test_a_wrong_fix_then_a_right_one(desk: Desk, model: Model, path: str) -> None:
    edit = {"file_path": path}
    model.script.reply(call("Read", **edit)).reply(
        call("Edit", **edit, old_string=STATS.split("\n")[1] + "\n", new_string=WRONG)
    ).reply(say("Mended, I think.")).reply(
        call("Edit", **edit, old_string=WRONG, new_string=RIGHT)
    ).reply(say("Now it is."))
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            result = await run(sidecar)
        session = await sidecar.sessions.get(result.session_id)
        _, turns = await sidecar.sessions.history(session_id=result.session_id)
    seen = result.verification
    assert seen is not None
    assert (seen.state, seen.attempts, seen.exit_status) == ("verified", 2, 0)
    assert turns[0].verification == seen
    assert result.text == "Mended, I think.Now it is."
    assert session.key.file == "stats.py"
    assert len(turns) == 1
    assert f"**Verified** by `{PYTEST}`." in await exported(desk, result.session_id)
    assert [each.status for each in turns[0].tool_calls if each.kind == "execute"] == [
        "failed",
        "failed",
        "completed",
    ]
    assert len(commands(desk)) == 1
    first = model.requests[0].last_prompt
    assert "ZeroDivisionError: division by zero" in first
    assert "2\t    return sum(values) / len(values)" in first
    assert "attempt 2 of 3" in model.requests[3].last_prompt
    assert "assert 1.0 == 0" in model.requests[3].last_prompt
    assert (desk.folder / "stats.py").read_text() == f"def mean(values):\n{RIGHT}"
    seqs = [each.seq for each in recorder.of_turn(result.turn_id)]
    assert seqs == list(range(len(seqs)))
    outputs = [
        each.content
        for each in recorder.events(ToolCallUpdated)
        if isinstance(each, ToolCallUpdated) and isinstance(each.content, str)
    ]
    assert any("1 failed" in each for each in outputs)
    assert "1 passed" in outputs[-1]
    started = {each.session_id for each in recorder.updates if isinstance(each.event, TurnStarted)}
    assert result.session_id in started


async def test_it_says_what_still_fails_when_the_attempts_are_used_up(
    desk: Desk, model: Model, path: str
) -> None:
    edit = {"file_path": path}
    model.script.reply(call("Read", **edit)).reply(
        call("Edit", **edit, old_string=STATS.split("\n")[1] + "\n", new_string=WRONG)
    ).reply(say("Mended."))
    async with desk.open(debug_attempts=1) as sidecar:
        result = await run(sidecar)
    seen = result.verification
    assert seen is not None
    assert (seen.state, seen.attempts, seen.exit_status) == ("still failing", 1, 1)
    assert "assert 1.0 == 0" in (seen.failure or "")
    assert "1 failed" in (seen.output or "")


async def test_without_a_change_nothing_is_verified(desk: Desk, model: Model, path: str) -> None:
    model.script.reply(say("I would divide by max(1, len(values))."))
    async with desk.open() as sidecar:
        result = await run(sidecar)
    assert result.stop_reason == "end_turn"
    assert result.verification is not None
    assert result.verification.state == "not verified"
    assert "Nothing was changed" in (result.verification.reason or "")


async def test_what_is_refused_is_not_run(desk: Desk, model: Model, path: str) -> None:
    desk.editor.allowing = lambda _: "reject_once"
    async with desk.open() as sidecar:
        result = await run(sidecar, test="touch made")
    assert model.requests == []
    assert not (desk.folder / "made").exists()
    assert result.verification is not None
    assert result.verification.state == "not verified"
    assert "not allowed" in result.text


async def test_a_test_that_passes_leaves_nothing_to_debug(
    desk: Desk, model: Model, path: str
) -> None:
    async with desk.open() as sidecar:
        result = await run(sidecar, test="true")
    assert model.requests == []
    assert "passed before anything was changed" in result.text
    assert result.verification is not None
    assert result.verification.state == "not verified"


async def test_a_refused_test_does_not_keep_from_debugging_what_is_told(
    desk: Desk, model: Model, path: str
) -> None:
    desk.editor.allowing = lambda _: "reject_once"
    model.script.reply(say("Division by zero."))
    async with desk.open() as sidecar:
        error = (
            f'Traceback (most recent call last):\n  File "{path}", line 2, in mean\nValueError: x\n'
        )
        result = await run(sidecar, error=error)
    assert "Change no file in this" in model.requests[0].last_prompt
    assert result.verification is not None
    assert result.verification.state == "not verified"


async def test_a_test_that_hangs_is_ended_with_what_it_has_started(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(say("It hangs."))
    command = "sleep 300 & echo $! > pid; wait"
    async with desk.open(debug_test_seconds=3.0) as sidecar:
        with anyio.fail_after(60):
            result = await run(sidecar, test=command)
    assert "was ended after 3 seconds" in model.requests[0].last_prompt
    assert result.verification is not None
    assert result.verification.exit_status is None
    wait_for_end(int((desk.folder / "pid").read_text()))


async def test_cancelling_ends_the_command_and_the_turn(
    desk: Desk, model: Model, path: str
) -> None:
    async with desk.open() as sidecar:
        wish = DebugWish(
            sidecar.workspaces.key_of_workspace(), test="echo $$ > pid; echo on; sleep 300"
        )
        recorder = Recorder()
        running = anyio.Event()

        def listen(update: object) -> None:
            event = getattr(update, "event", None)
            if isinstance(event, ToolCallUpdated) and "on" in str(event.content):
                running.set()

        with sidecar.events.subscribed(recorder), sidecar.events.subscribed(listen):
            turn = await sidecar.turns.start(await sidecar.debugging.request(wish))
            with anyio.fail_after(60):
                await running.wait()
                turn.cancel()
                result = await turn.result()
    assert result.stop_reason == "cancelled"
    assert model.requests == []
    wait_for_end(int((desk.folder / "pid").read_text()))
