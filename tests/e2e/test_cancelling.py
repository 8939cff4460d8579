"""The three ways to cancel a turn, and what each leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from support.editors import Editor, editor_on, silence
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_cancel_request_is_answered_request_cancelled(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("Well, "), pause(gate), say("no.")).reply(say("Still here."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        asked = editor.start(names.ASK, request_id="mine", token="t", text="Hello?")
        await editor.until(lambda: "agent_message_chunk" in editor.kinds)
        editor.cancel("mine")
        with pytest.raises(JsonRpcException) as refused:
            await asked
        assert refused.value.code == types.LSPErrorCodes.RequestCancelled
        assert editor.kinds[-1] == "turn_ended"
        assert editor.progress("t")[-1].message.startswith("Cancelled")
        await _assert_usable(editor, cut_off_after="Well, ")
    gate.open()


async def test_cancelling_its_progress_gives_a_cancelled_result(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("Well, "), pause(gate), say("no.")).reply(say("Still here."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        asked = editor.start(names.ASK, token="mine", text="Hello?")
        await editor.until(lambda: "agent_message_chunk" in editor.kinds)
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams("mine"))
        result = await asked
        assert (result["stopReason"], result["text"]) == ("cancelled", "Well, ")
        await _assert_usable(editor, cut_off_after="Well, ")
    gate.open()


async def test_the_cancel_command_gives_a_cancelled_result(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("Well, "), pause(gate), say("no.")).reply(say("Still here."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        asked = editor.start(names.ASK, text="Hello?")
        await editor.until(lambda: "agent_message_chunk" in editor.kinds)
        stopped = await editor.run(names.CANCEL)
        result = await asked
        # Which of them it is, a busy machine decides.
        assert [*stopped["stopped"], *stopped["stillRunning"]] == [result["turnId"]]
        assert (result["stopReason"], result["text"]) == ("cancelled", "Well, ")
        await _assert_usable(editor, cut_off_after="Well, ")
        assert await editor.run(names.CANCEL) == {"stopped": [], "stillRunning": []}
    gate.open()


async def test_a_turn_cancelled_in_the_queue_never_reaches_claude(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(pause(gate), say("First."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        first = editor.start(names.ASK, text="One?")
        await gate.reached.wait()
        second = editor.start(names.ASK, token="second", text="Two?")
        await editor.until(lambda: editor.progress("second"))
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams("second"))
        assert (await second)["stopReason"] == "cancelled"
        gate.open()
        result = await first
        assert result["text"] == "First."
        history = await editor.run(names.SESSION_HISTORY, sessionId=result["sessionId"])
    assert [turn["stopReason"] for turn in history["turns"]] == ["end_turn", "cancelled"]
    assert len(model.requests) == 1


async def test_cancelling_withdraws_the_question_that_is_open(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("Bash", command="touch made", description="Make a file"))
    async with editor_on(environment, workspace) as editor:
        editor.answering = silence
        editor.open(workspace / "stats.py")
        asked = editor.start(names.ASK, text="Make a file.")
        await editor.until(lambda: editor.asked)
        (session,) = (await editor.run(names.SESSION_LIST))["sessions"]
        assert session["state"] == "requires_action"
        await editor.run(names.CANCEL)
        assert (await asked)["stopReason"] == "cancelled"
        await editor.until(lambda: editor.cancelled)
    assert not (workspace / "made").exists()


async def _assert_usable(editor: Editor, *, cut_off_after: str) -> None:
    result = await editor.run(names.ASK, text="And now?")
    assert (result["stopReason"], result["text"]) == ("end_turn", "Still here.")
    history = await editor.run(names.SESSION_HISTORY, sessionId=result["sessionId"])
    assert [(turn["stopReason"], turn["text"]) for turn in history["turns"]] == [
        ("cancelled", cut_off_after),
        ("end_turn", "Still here."),
    ]
