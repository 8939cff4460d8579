"""Conversations stay with their file: over restarts, side by side, queued, and when processes die.

What the model receives is the proof: a request holds the whole conversation that Claude knows of.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import pytest

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.editors import PANEL, editor_on
from support.model import Model
from support.processes import claude_of, descendants, runs, wait_for_end
from support.wires import DEADLINE, Wire, wire_to

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are listed as POSIX does"),
]


async def test_the_same_name_in_another_workspace_is_another_conversation(
    environment: dict[str, str], model: Model, tmp_path: Path, workspace: Path
) -> None:
    other = tmp_path / "other project"
    other.mkdir()
    (other / "stats.py").write_bytes((workspace / "stats.py").read_bytes())
    for answer in ("The first said.", "The other said.", "Both know."):
        model.script.reply(say(answer))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        first = await editor.run(names.ASK, text="What does it do?")
    async with editor_on(environment, other) as editor:
        editor.open(other / "stats.py")
        second = await editor.run(names.ASK, text="And here?")
    async with editor_on(environment, other, workspace) as editor:
        editor.open(workspace / "stats.py")
        third = await editor.run(names.ASK, text="Once more?")
    assert second["sessionId"] != first["sessionId"] == third["sessionId"]
    assert (second["resumed"], third["resumed"]) == (False, True)
    of_second, of_third = model.requests[1], model.requests[2]
    assert of_second.replies == ()
    assert "What does it do?" not in "".join(of_second.prompts)
    assert of_third.replies == ("The first said.",)
    assert "And here?" not in "".join(of_third.prompts)


async def test_eight_sessions_at_once_without_a_mixed_answer(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gates = [Gate() for _ in range(8)]
    for number, gate in enumerate(gates):
        (workspace / f"file{number}.py").write_text(f"n = {number}\n", encoding="utf-8")
        rule = model.script.when(f"question {number}?")
        rule.reply(say(f"begun {number}, "), pause(gate), say(f"ended {number}"))
    async with editor_on(environment, workspace) as editor:
        asked = [
            editor.start(
                names.ASK,
                text=f"question {number}?",
                uri=(workspace / f"file{number}.py").as_uri(),
            )
            for number in range(8)
        ]
        for gate in gates:  # all eight are in mid-reply together
            await gate.reached.wait()
        for gate in reversed(gates):
            gate.open()
        results: list[Any] = list(await asyncio.gather(*asked))
        told = {result["turnId"]: "" for result in results}
        for update in editor.updates:
            if update["update"]["kind"] == "agent_message_chunk":
                told[update["turnId"]] += update["update"]["text"]
    assert [result["text"] for result in results] == list(told.values())
    for number, result in enumerate(results):
        assert result["text"].split() == ["begun", f"{number},", "ended", f"{number}"]
    assert len({result["sessionId"] for result in results}) == 8


async def test_five_prompts_queued_in_one_session_are_answered_in_order(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.when("question 0").reply(pause(gate), say("answer 0"))
    for number in range(1, 5):
        model.script.when(f"question {number}").reply(say(f"answer {number}"))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        asked = [editor.start(names.ASK, text=f"question {number}") for number in range(5)]
        await gate.reached.wait()
        queued = await editor.run(names.SESSION_HISTORY)
        gate.open()
        results: list[Any] = list(await asyncio.gather(*asked))
        ended = [each["turnId"] for each in editor.updates if _kind(each) == "turn_ended"]
    assert [turn["prompt"] for turn in queued["turns"]] == [f"question {n}" for n in range(5)]
    assert [result["text"] for result in results] == [f"answer {n}" for n in range(5)]
    assert ended == [result["turnId"] for result in results]
    assert len({result["sessionId"] for result in results}) == 1
    assert model.requests[-1].replies == tuple(f"answer {n}" for n in range(4))


async def test_a_claude_code_that_is_killed_in_mid_turn_does_not_end_its_session(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It averages.")).reply(say("I be"), pause(Gate())).reply(say("Here."))
    async with editor_on(environment, workspace) as editor:
        server = cast(Any, editor.client)._server.pid
        editor.open(workspace / "stats.py")
        first = await editor.run(names.ASK, text="What does it do?")
        cut_off = editor.start(names.ASK, text="Go on?")
        await editor.until(
            lambda: any(each["update"].get("text") == "I be" for each in editor.updates)
        )
        os.kill(claude_of(server, first["sessionId"]), signal.SIGKILL)
        second = await cut_off
        third = await editor.run(names.ASK, text="Are you there?")
        history = await editor.run(names.SESSION_HISTORY)
    assert (second["stopReason"], second["text"]) == ("error", "I be")
    assert (second["error"]["kind"], second["error"]["retryable"]) == ("process", True)
    assert (third["stopReason"], third["text"]) == ("end_turn", "Here.")
    assert first["sessionId"] == second["sessionId"] == third["sessionId"]
    assert "It averages." in model.requests[-1].replies
    ends = [turn["stopReason"] for turn in history["turns"]]
    assert ends == ["end_turn", "error", "end_turn"]


@pytest.mark.skipif(sys.platform != "linux", reason="the watchdog is told by Linux")
async def test_what_had_arrived_when_the_server_was_killed_is_there_after_a_restart(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It begins."), pause(Gate())).reply(say("It goes on."))
    uri = (workspace / "stats.py").as_uri()
    async with wire_to(environment) as wire:
        await wire.initialize(
            rootUri=workspace.as_uri(),
            capabilities={"experimental": {names.CAPABILITY: PANEL}},
        )
        arguments = [{"text": "What does it do?", "uri": uri}]
        command = {"command": names.ASK, "arguments": arguments}
        await wire.send(id=1, method="workspace/executeCommand", params=command)
        session_id = (await _first_chunk(wire))["sessionId"]
        await _journalled(wire, uri)
        left = descendants(wire.process.pid)
        assert left
        wire.process.kill()
        await wire.process.wait()
        for pid in left:
            await anyio.to_thread.run_sync(wait_for_end, pid)
    assert not [pid for pid in left if runs(pid)]
    async with editor_on(environment, workspace) as editor:
        listed = await editor.run(names.SESSION_LIST)
        history = await editor.run(names.SESSION_HISTORY, uri=uri)
        result = await editor.run(names.ASK, text="And then?", uri=uri)
    (session,) = listed["sessions"]
    (turn,) = history["turns"]
    assert (session["sessionId"], session["state"]) == (session_id, "interrupted")
    assert (turn["prompt"], turn["text"]) == ("What does it do?", "It begins.")
    assert "endedAt" not in turn
    assert (result["stopReason"], result["text"]) == ("end_turn", "It goes on.")
    assert "What does it do?" in "".join(model.requests[-1].prompts)


def _kind(told: dict[str, Any]) -> str:
    return told["update"]["kind"]


async def _journalled(wire: Wire, uri: str) -> None:
    """Wait until what is shown of the reply is kept as well: it is written a moment later."""
    command = {"command": names.SESSION_HISTORY, "arguments": [{"uri": uri}]}
    with anyio.fail_after(DEADLINE):
        for number in count(2):
            answer = await wire.request(number, "workspace/executeCommand", command)
            if answer["result"]["turns"][0]["text"]:
                return


async def _first_chunk(wire: Wire) -> dict[str, Any]:
    while True:
        message = await wire.receive()
        params = message.get("params", {})
        if message.get("method") == names.SESSION_UPDATE and _kind(params) == "agent_message_chunk":
            return params
