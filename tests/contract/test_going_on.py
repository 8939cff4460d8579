"""Turns that did not end well are labelled, gone on with from where they stopped, and done again.

What the model receives proves what Claude knows of them.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import AgentMessageChunk, Update
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    ContinueRequest,
    RetryRequest,
    ReviewRequest,
    StepsRequest,
    TurnRequest,
)
from support import asking_program
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


def lose_transcripts(environment: Mapping[str, str]) -> None:
    for transcript in Path(environment["CLAUDE_CONFIG_DIR"]).rglob("*.jsonl"):
        transcript.unlink()


async def cancelled(desk: Desk, request: TurnRequest) -> str:
    """A turn that is cancelled at its first words: its id."""
    spoken = anyio.Event()

    def listen(update: Update) -> None:
        if isinstance(update.event, AgentMessageChunk):
            spoken.set()

    async with desk.open() as sidecar:
        with sidecar.events.subscribed(listen):
            turn = await sidecar.turns.start(request)
            await spoken.wait()
        await sidecar.turns.cancel(turn_id=turn.turn_id)
        assert (await turn.result()).stop_reason == "cancelled"
        return turn.turn_id


async def killed(desk: Desk, environment: Mapping[str, str], path: str, prompt: str) -> str:
    """A turn whose whole sidecar is killed once the first words are in the journal: its id."""
    given = {
        "folder": str(desk.folder),
        "store": desk.settings.store_url,
        "env": dict(desk.settings.env),
        "path": path,
        "prompt": prompt,
    }
    process = await anyio.open_process(
        [sys.executable, "-m", asking_program.__name__, json.dumps(given)],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=None,
    )
    assert process.stdout is not None
    try:
        with anyio.fail_after(60):
            turn_id = (await process.stdout.receive()).decode().strip()
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    return turn_id


async def again(desk: Desk, request: TurnRequest) -> TurnResult:
    """The turn, in a new sidecar."""
    async with desk.open() as sidecar:
        return await (await sidecar.turns.start(request)).result()


def asked(model: Model, text: str) -> int:
    """How many of the prompts that the model was last sent have the text in them."""
    return sum(text in prompt for prompt in model.requests[-1].prompts)


async def test_a_killed_servers_turn_is_labelled_and_gone_on_with(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 4711\n")
    model.script.when("What is it?").reply(say("It begins well."), pause(Gate()))
    turn_id = await killed(desk, environment, path, "What is it?")
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        session, (turn,) = await sidecar.sessions.history(key=key)
        assert (session.state, turn.state, turn.stop_reason) == ("interrupted", "interrupted", None)
        assert turn.error is not None
        assert turn.text == "It begins well."
        assert (await sidecar.sessions.unfinished(key=key)).id == turn_id
    model.script.when("# Task: continue").reply(say("And ends well."))
    result = await again(desk, ContinueRequest(turn_id))
    assert (result.stop_reason, result.text, result.resumed) == ("end_turn", "And ends well.", True)
    assert result.session_id == session.id
    assert asked(model, "# Task: ask") == 1
    assert "It begins well." in model.requests[-1].last_prompt, "the transcript had it not yet"
    async with desk.open() as sidecar:
        session, turns = await sidecar.sessions.history(session_id=session.id)
    assert session.state == "idle"
    assert [(each.state, each.continues) for each in turns] == [
        ("interrupted", None),
        ("ended", turn_id),
    ]
    assert turns[1].prompt == "Continue: What is it?"


async def test_a_killed_servers_turn_is_done_again_without_its_prompt_twice(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 4711\n")
    model.script.when("Before?").reply(say("Before."))
    async with desk.open() as sidecar:
        await sidecar.ask("Before?", path=path)
    model.script.when("What is it?").reply(say("It begins badly."), pause(Gate()))
    turn_id = await killed(desk, environment, path, "What is it?")
    desk.write("a.py", "a = 4712\n")
    model.script.when("What is it?").reply(say("4712."))
    result = await again(desk, RetryRequest(turn_id))
    assert (result.stop_reason, result.text) == ("end_turn", "4712.")
    assert asked(model, "What is it?") == 1
    assert asked(model, "Before?") == 1
    assert "It begins badly." not in model.requests[-1].all_text
    assert "1\ta = 4712" in model.requests[-1].last_prompt, "as the file is now"
    model.script.when("And then?").reply(say("Then."))
    async with desk.open() as sidecar:
        await sidecar.ask("And then?", path=path)
        _, turns = await sidecar.sessions.history(session_id=result.session_id)
    assert asked(model, "What is it?") == 1
    assert [each.retries for each in turns] == [None, None, turn_id, None]
    assert turns[1].state == "interrupted"


async def test_a_cancelled_turn_is_gone_on_with_and_not_told_what_it_remembers(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("Look.").reply(call("Read", file_path=path)).reply(
        say("I have read it."), pause(Gate())
    )
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
    turn_id = await cancelled(desk, AskRequest("Look.", key))
    model.script.when("# Task: continue").reply(say("Done."))
    result = await again(desk, ContinueRequest(turn_id))
    assert result.text == "Done."
    prompt = model.requests[-1].last_prompt
    assert "the developer stopped it" in prompt
    assert "I have read it." not in prompt
    assert "I have read it." in " ".join(model.requests[-1].replies)
    assert "may be missing" not in prompt


async def test_the_first_turn_is_done_again_in_a_few_words(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 4711\n")
    model.script.when("# Task: review").reply(say("I look."), pause(Gate()))
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
    turn_id = await cancelled(desk, ReviewRequest(key))
    model.script.when("# Task: again").reply(call("Bash", command="ls")).reply(say("Clean."))
    result = await again(desk, RetryRequest(turn_id))
    assert (result.stop_reason, result.text) == ("end_turn", "Clean.")
    assert asked(model, "# Task: review") == 1
    assert model.requests[-1].tool_results[-1].is_error, "it may do what a review may, and no more"


async def test_a_turn_that_others_followed_is_done_again_in_a_few_words(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("1."))
    model.script.when("Two?").reply(say("It be"), pause(Gate()))
    model.script.when("Three?").reply(say("3."))
    async with desk.open() as sidecar:
        await sidecar.ask("One?", path=path)
        key = sidecar.workspaces.key_of_file(path)
    turn_id = await cancelled(desk, AskRequest("Two?", key))
    model.script.when("# Task: again").reply(say("2."))
    async with desk.open() as sidecar:
        await sidecar.ask("Three?", path=path)
        result = await (await sidecar.turns.start(RetryRequest(turn_id))).result()
    assert result.text == "2."
    assert (asked(model, "Two?"), asked(model, "Three?")) == (2, 1), "it is named, not repeated"
    assert asked(model, "# Task: ask") == 3


async def test_a_turn_that_never_reached_claude_is_sent(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.when("One").reply(say("It begins."), pause(gate))
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        first, second = await sidecar.turns.start_steps(StepsRequest(("One", "Two"), key))
        await gate.reached.wait()
        with pytest.raises(InvalidRequest, match="still running"):
            await sidecar.turns.start(RetryRequest(first.turn_id))
        await sidecar.turns.cancel()
        model.script.when("Two").reply(say("Two."))
        result = await (await sidecar.turns.start(RetryRequest(second.turn_id))).result()
    assert result.text == "Two."
    assert "# Task: step 2 of 2" in model.requests[-1].last_prompt


async def test_a_lost_conversation_is_told_and_gone_on_with(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("The answer is 42."))
    model.script.when("Two?").reply(say("It begins."), pause(Gate()))
    async with desk.open() as sidecar:
        await sidecar.ask("One?", path=path)
        key = sidecar.workspaces.key_of_file(path)
    turn_id = await cancelled(desk, AskRequest("Two?", key))
    lose_transcripts(environment)
    model.script.when("# Task: ").reply(say("Done."))
    result = await again(desk, ContinueRequest(turn_id))
    assert (result.stop_reason, result.text) == ("end_turn", "Done.")
    for said in ("The answer is 42.", "Two?", "It begins."):
        assert said in model.requests[-1].all_text


async def test_what_ended_well_is_not_done_again(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("Yes."))
    async with desk.open() as sidecar:
        result = await sidecar.ask("One?", path=path)
        for request in (ContinueRequest(result.turn_id), RetryRequest(result.turn_id)):
            with pytest.raises(InvalidRequest, match="came to its end"):
                await sidecar.turns.start(request)
        with pytest.raises(InvalidRequest, match="came to its end"):
            await sidecar.sessions.unfinished(session_id=result.session_id)
        with pytest.raises(UnknownId, match="nobody"):
            await sidecar.turns.start(ContinueRequest("nobody"))
