"""Turns: in order within a session, side by side across them, cancelled, refused, failed."""

from __future__ import annotations

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    FindingReported,
    ToolCallStarted,
    TurnEnded,
    TurnStarted,
)
from claude_sidecar.sessions.planning.requests import StepsRequest
from support.model import Model
from support.sidecars import Desk, Recorder, start

pytestmark = pytest.mark.anyio


async def test_five_prompts_in_one_session_are_answered_in_order(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    for number in range(5):
        model.script.when(f"question {number}").reply(say(f"answer {number}"))
    async with desk.open() as sidecar:
        turns = [await start(sidecar, f"question {number}", path) for number in range(5)]
        results = [await turn.result() for turn in turns]
    assert [result.text for result in results] == [f"answer {number}" for number in range(5)]
    assert len({result.session_id for result in results}) == 1
    assert model.requests[-1].replies == tuple(f"answer {number}" for number in range(4))


async def test_eight_sessions_at_once_without_a_mixed_answer(desk: Desk, model: Model) -> None:
    gates = [Gate() for _ in range(8)]
    paths = [desk.write(f"file{number}.py", f"n = {number}\n") for number in range(8)]
    for number, gate in enumerate(gates):
        rule = model.script.when(f"question {number}?")
        rule.reply(say(f"answer {number}"), pause(gate), say(f"file{number}"))
    async with desk.open(live_max=2) as sidecar:
        turns = [
            await start(sidecar, f"question {number}?", path) for number, path in enumerate(paths)
        ]
        for gate in gates:  # all eight are in mid-reply together
            await gate.reached.wait()
        for gate in reversed(gates):
            gate.open()
        results = [await turn.result() for turn in turns]
    assert [result.text for result in results] == [
        f"answer {number}\n\nfile{number}" for number in range(8)
    ]
    assert len({result.session_id for result in results}) == 8


async def test_the_stream_of_a_turn_is_numbered_and_complete(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = b\n")
    model.script.reply(
        say("Let me ", "see."),
        call(
            "mcp__sidecar__report_finding",
            file="a.py",
            quote="b",
            severity="error",
            category="bug",
            title="b is not defined",
            message="NameError",
        ),
    ).reply(say("One."))
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            result = await sidecar.review(path)
    updates = recorder.of_turn(result.turn_id)
    assert [update.seq for update in updates] == list(range(len(updates)))
    assert isinstance(updates[0].event, TurnStarted)
    assert updates[-1].event == TurnEnded(result)
    chunks = [e.event.text for e in updates if isinstance(e.event, AgentMessageChunk)]
    assert "".join(chunks) == result.text == "Let me see.\n\nOne."
    kinds = [type(update.event) for update in updates]
    assert kinds.index(ToolCallStarted) < kinds.index(FindingReported)


async def test_a_running_turn_is_interrupted_and_remembered(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("It begins"), pause(gate)).reply(say("On we go."))
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            turn = await start(sidecar, "Tell me all.", path)
            await recorder.first(AgentMessageChunk)
        with anyio.fail_after(60):
            cancelled = await sidecar.turns.cancel(turn_id=turn.turn_id)
        result = await turn.result()
        following = await sidecar.ask("And now?", path=path)
        _, turns = await sidecar.sessions.history(session_id=result.session_id)
    # Which of them it is, a busy machine decides.
    assert (*cancelled.stopped, *cancelled.still_running) == (turn.turn_id,)
    assert (result.stop_reason, result.text) == ("cancelled", "It begins")
    assert (following.text, following.session_id) == ("On we go.", result.session_id)
    assert "Tell me all." in model.requests[-1].all_text
    assert [turn.stop_reason for turn in turns] == ["cancelled", "end_turn"]


async def test_a_queued_turn_that_is_cancelled_never_reaches_claude(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("One."), pause(gate)).reply(say("Three."))
    async with desk.open() as sidecar:
        first = await start(sidecar, "first?", path)
        second = await start(sidecar, "second?", path)
        third = await start(sidecar, "third?", path)
        await gate.reached.wait()
        second.cancel()
        with anyio.fail_after(60):
            skipped = await second.result()
        assert not first.is_over
        gate.open()
        assert (await third.result()).text == "Three."
        _, turns = await sidecar.sessions.history(session_id=skipped.session_id)
    assert (skipped.stop_reason, skipped.text) == ("cancelled", "")
    assert "second?" not in model.requests[-1].all_text
    assert [(turn.prompt, turn.stop_reason) for turn in turns] == [
        ("first?", "end_turn"),
        ("second?", "cancelled"),
        ("third?", "end_turn"),
    ]


async def test_cancel_names_what_it_does_not_know(desk: Desk) -> None:
    async with desk.open() as sidecar:
        assert (await sidecar.turns.cancel()).stopped == ()
        with pytest.raises(UnknownId, match="turn 'no-turn'"):
            await sidecar.turns.cancel(turn_id="no-turn")
        with pytest.raises(UnknownId, match="session 'no-session'"):
            await sidecar.turns.cancel(session_id="no-session")


async def test_steps_run_in_one_session_and_stop_at_the_first_that_fails(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("First done.")).fail(400, "scripted refusal", times=9)
    async with desk.open() as sidecar:
        results = await sidecar.run_steps(["first", "second", "third"], path=path)
        _, turns = await sidecar.sessions.history(session_id=results[0].session_id)
    assert [result.stop_reason for result in results] == ["end_turn", "error"]
    assert results[1].error is not None
    assert results[1].error.kind == "api"
    assert [(turn.kind, turn.stop_reason) for turn in turns] == [
        ("step", "end_turn"),
        ("step", "error"),
        ("step", "cancelled"),
    ]
    assert "# Task: step 1 of 3" in model.requests[0].last_prompt
    assert "third" not in model.requests[-1].all_text


async def test_no_steps_and_empty_steps(desk: Desk) -> None:
    path = desk.write("a.py", "a = 1\n")
    async with desk.open() as sidecar:
        assert await sidecar.run_steps([], path=path) == ()
        with pytest.raises(InvalidRequest, match="Step 2 of `steps` is empty"):
            await sidecar.run_steps(["a", " "], path=path)
        key = sidecar.workspaces.key_of_file(path)
        assert await sidecar.turns.start_steps(StepsRequest((), key)) == ()
        assert await sidecar.sessions.current(key) is None


@pytest.mark.parametrize("kind", ["session", "day"])
async def test_a_spent_budget_ends_a_turn_before_it_begins(
    desk: Desk, model: Model, kind: str
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("Dear."))
    async with desk.open(**{f"budget_{kind}_usd": 0.0001}) as sidecar:
        await sidecar.ask("First?", path=path)
        result = await sidecar.ask("Second?", path=path)
    assert (result.stop_reason, result.text) == ("max_budget", "")
    assert result.error is not None
    assert f"claudeSidecar.budget.{kind}Usd" in result.error.hint
    assert len(model.requests) == 1


async def test_deleting_a_session_ends_what_runs_in_it(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("Well,"), pause(gate))
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Tell me all.", path)
        await gate.reached.wait()
        with anyio.fail_after(60):
            await sidecar.sessions.delete(turn.session_id)
        assert (await turn.result()).stop_reason == "cancelled"
        with pytest.raises(UnknownId):
            await sidecar.sessions.get(turn.session_id)
        assert (await sidecar.status()).live_sessions == 0


@pytest.mark.parametrize("in_time", [False, True], ids=["cut off", "stopped in time"])
async def test_what_was_cut_off_by_the_end_of_the_server_is_told_as_interrupted(
    desk: Desk, model: Model, in_time: bool
) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("Half an ans"), pause(gate)).reply(say("Whole."))
    heard = anyio.Event()
    spent = 0.0
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(
            lambda update: heard.set() if isinstance(update.event, AgentMessageChunk) else None
        ):
            turn = await start(sidecar, "Tell me all.", path)
            await heard.wait()
        if in_time:
            turn.cancel(left=True)
            result = await turn.result()
            assert result.stop_reason == "cancelled"
            spent = result.cost.turn_usd
            assert spent > 0
    async with desk.open() as sidecar:
        session, (cut,) = await sidecar.sessions.history(session_id=turn.session_id)
        assert session.cost_usd == pytest.approx(spent) or not in_time
        assert (session.state, cut.text) == ("interrupted", "Half an ans")
        again = await sidecar.ask("Go on.", path=path)
        session = await sidecar.sessions.get(turn.session_id)
    assert (again.text, again.session_id, session.state) == ("Whole.", turn.session_id, "idle")


async def test_a_spare_process_becomes_the_next_new_session(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("Quick."))
    async with desk.open(live_prewarm=True) as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        await sidecar.sessions.prepare(key)
        before = (await sidecar.status()).live_sessions
        result = await sidecar.ask("Fast?", path=path)
        after = (await sidecar.status()).live_sessions
    assert (result.text, before, after) == ("Quick.", 1, 1)
