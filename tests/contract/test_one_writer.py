"""A session has one writer at a time, and whoever comes next goes on with what was written.

Two sidecars on one store are two windows. What the model receives proves that none of them went on
with an older state of the conversation.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from claude_sidecar.sessions.conversations.leases import Claim
from claude_sidecar.sessions.events import TurnStarted, TurnWaiting
from claude_sidecar.sessions.model import SessionQuery
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from support.by_hand import be_known, on_terminal, printing
from support.model import Model
from support.sidecars import Desk, Recorder, start
from support.transcripts import lose_copies, lose_transcripts

pytestmark = pytest.mark.anyio


async def waits(recorder: Recorder) -> TurnWaiting:
    """The first that a turn was told to wait for."""
    with anyio.fail_after(60):
        event = await recorder.first(TurnWaiting)
    assert isinstance(event, TurnWaiting)
    return event


async def test_a_second_window_waits_is_told_so_and_goes_on_from_there(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("It begins."), pause(gate), say("It ends."))
    model.script.when("second?").reply(say("Second."))
    recorder = Recorder()
    async with desk.open() as one, desk.open() as other:
        first = await start(one, "first?", path)
        await gate.reached.wait()
        # What the first one writes is seen by the other one meanwhile.
        with anyio.fail_after(60):
            while True:
                session, turns = await other.sessions.history(session_id=first.session_id)
                if turns[0].text:
                    break
                await anyio.sleep(0.02)
        assert (session.state, turns[0].text) == ("running", "It begins.")
        (listed,) = (await other.sessions.list(SessionQuery())).sessions
        assert (listed.id, listed.state) == (session.id, "running")
        with other.events.subscribed(recorder):
            second = await start(other, "second?", path)
            assert (await waits(recorder)).program == "claude-sidecar"
            assert len(model.requests) == 1, "the second has not reached the model"
            gate.open()
            result = await second.result()
        assert (await first.result()).text == "It begins.\n\nIt ends."
    assert (result.text, result.resumed, result.recovered) == ("Second.", True, None)
    assert result.session_id == first.session_id
    assert model.requests[-1].replies == ("It begins.\nIt ends.",)
    assert [update.seq for update in recorder.updates] == list(range(len(recorder.updates)))
    kinds = [type(update.event) for update in recorder.of_turn(second.turn_id)]
    assert kinds.index(TurnWaiting) < kinds.index(TurnStarted)


async def test_no_window_goes_on_with_an_older_state_of_the_conversation(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    for number in range(5):
        model.script.reply(say(f"answer {number}"))
    async with desk.open() as one, desk.open() as other:
        windows = [one, other, one, other, other]
        for number, window in enumerate(windows):
            await window.ask(f"question {number}?", path=path)
            assert model.requests[-1].replies == tuple(f"answer {each}" for each in range(number))
    assert len(model.requests) == 5


async def test_one_that_waits_can_be_cancelled(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(pause(gate), say("First.")).reply(say("Third."))
    recorder = Recorder()
    async with desk.open() as one, desk.open() as other:
        first = await start(one, "first?", path)
        await gate.reached.wait()
        with other.events.subscribed(recorder):
            second = await start(other, "second?", path)
            await waits(recorder)
            with anyio.fail_after(60):
                cancelled = await other.turns.cancel(turn_id=second.turn_id)
        # Which of them it is, a busy machine decides.
        assert (*cancelled.stopped, *cancelled.still_running) == (second.turn_id,)
        assert (await second.result()).stop_reason == "cancelled"
        gate.open()
        await first.result()
        await one.ask("third?", path=path)
        _, turns = await other.sessions.history(session_id=first.session_id)
    assert [turn.stop_reason for turn in turns] == ["end_turn", "cancelled", "end_turn"]
    assert "second?" not in model.requests[-1].all_text


async def test_those_that_wait_come_in_the_order_in_which_they_asked(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(pause(gate), say("0"))
    for number in range(1, 4):
        model.script.when(f"question {number}?").reply(say(str(number)))
    async with desk.open() as one, desk.open() as two, desk.open() as three:
        turns = [await start(one, "question 0?", path)]
        await gate.reached.wait()
        for number, window in enumerate((two, three), 1):
            recorder = Recorder()
            with window.events.subscribed(recorder):
                turns.append(await start(window, f"question {number}?", path))
                await waits(recorder)
        turns.append(await start(one, "question 3?", path))
        gate.open()
        for turn in turns:
            await turn.result()
    assert model.requests[-1].replies == ("0", "1", "2")


async def test_a_session_that_was_replaced_meanwhile_is_not_replaced_again(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("First."))
    model.script.when("second?").reply(say("Second."))
    model.script.when("third?").reply(say("Third."))
    async with desk.open() as sidecar:
        lost = (await sidecar.ask("first?", path=path)).session_id
    lose_transcripts(environment)
    lose_copies(desk.settings)
    recorder = Recorder()
    async with desk.open() as one, desk.open() as other:
        claim = Claim(lost, "in the way", desk.folder.as_posix())
        async with one.leases.held(claim):
            turns: list[RunningTurn] = []
            for window, text in ((one, "second?"), (other, "third?")):
                recorder = Recorder()
                with window.events.subscribed(recorder):
                    turns.append(await start(window, text, path))
                    await waits(recorder)
        second, third = [await turn.result() for turn in turns]
    assert second.session_id == third.session_id != lost
    assert "First." in model.requests[-1].prompts[0], "it was told what was said"
    assert model.requests[-1].replies == ("Second.",)


async def test_claude_code_at_work_in_a_terminal_is_waited_for(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("First."))
    model.script.when("by hand").reply(pause(gate), say("Second."))
    model.script.when("third?").reply(say("Third."))
    recorder = Recorder()
    async with desk.open() as sidecar:
        first = await sidecar.ask("first?", path=path)
        process = printing(first.session_id, "by hand", desk.folder, environment)
        try:
            await gate.reached.wait()
            with sidecar.events.subscribed(recorder):
                third = await start(sidecar, "third?", path)
                told = await waits(recorder)
                assert (told.program, told.process) == ("claude", process.pid)
                gate.open()
                result = await third.result()
        finally:
            await anyio.to_thread.run_sync(process.communicate)
    assert (result.text, result.session_id) == ("Third.", first.session_id)
    assert model.requests[-1].replies == ("First.", "Second.")


async def test_a_warm_process_is_replaced_after_somebody_wrote_by_hand(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("First.")).reply(say("By hand.")).reply(say("Third."))
    async with desk.open() as sidecar:
        first = await sidecar.ask("first?", path=path)
        process = printing(first.session_id, "by hand", desk.folder, environment)
        await anyio.to_thread.run_sync(process.communicate)
        await sidecar.ask("third?", path=path)
    assert "by hand" in model.requests[-1].all_text
    assert model.requests[-1].replies == ("First.", "By hand.")


async def test_a_session_that_is_open_in_a_terminal_is_free_when_that_is_closed(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("First.")).reply(say("Second."))
    recorder = Recorder()
    be_known(desk.folder, environment)
    async with desk.open() as sidecar:
        first = await sidecar.ask("first?", path=path)
        with on_terminal(first.session_id, desk.folder, environment) as terminal:
            await _listed(terminal, first.session_id, environment)
            with sidecar.events.subscribed(recorder):
                second = await start(sidecar, "second?", path)
                assert (await waits(recorder)).process == terminal.pid
            assert len(model.requests) == 1
        result = await second.result()
    assert (result.text, result.session_id) == ("Second.", first.session_id)


async def _listed(
    process: subprocess.Popen[bytes], session_id: str, environment: dict[str, str]
) -> None:
    """Wait until Claude Code says of itself that it has the session."""
    record = Path(environment["CLAUDE_CONFIG_DIR"]) / "sessions" / f"{process.pid}.json"
    with anyio.fail_after(60):
        while not record.exists() or session_id not in record.read_text(encoding="utf-8"):  # noqa: ASYNC110 - nothing announces it
            await anyio.sleep(0.05)
