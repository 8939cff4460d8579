"""Money over stdio: asked about in any client, stopped by a setting that changes, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcMethodNotFound

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import pause, say
from support.editors import Editor, capabilities, editor_on
from support.model import Model
from support.prices import billed_usd

pytestmark = pytest.mark.anyio

USAGE = TokenUsage(input=1000, output=200)
ONE = billed_usd(USAGE)
ASKS_BY_MESSAGE = types.WindowClientCapabilities(
    show_message=types.ShowMessageRequestClientCapabilities(), work_done_progress=True
)


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        pytest.param("Start the review", "end_turn", id="yes"),
        pytest.param("Leave it", "cancelled", id="no"),
        pytest.param(None, "cancelled", id="no answer"),
        pytest.param(JsonRpcMethodNotFound(), "end_turn", id="a client that shows nothing"),
    ],
)
async def test_a_dear_review_is_asked_about_by_message(
    environment: dict[str, str],
    model: Model,
    workspace: Path,
    answer: str | JsonRpcMethodNotFound | None,
    ending: str,
) -> None:
    if ending == "end_turn":
        model.script.reply(say("Fine."), usage=USAGE)
    declared = capabilities(window=ASKS_BY_MESSAGE)

    async def answering(method: str, params: Any) -> types.MessageActionItem | None:
        if method == types.WINDOW_SHOW_MESSAGE_REQUEST:
            assert "This review may take" in params.message
            if isinstance(answer, JsonRpcMethodNotFound):
                raise answer
            return None if answer is None else types.MessageActionItem(answer)
        return None

    options = {"review": {"confirmAboveUsd": 0.01}}
    async with editor_on(
        environment, workspace, client_capabilities=declared, options=options
    ) as editor:
        editor.answering = answering
        editor.open(workspace / "stats.py")
        result = await editor.run(names.REVIEW)
    assert result["stopReason"] == ending
    assert types.WINDOW_SHOW_MESSAGE_REQUEST in [method for method, _ in editor.asked]
    assert len(model.requests) == int(ending == "end_turn")
    assert ("there was no answer" in "\n".join(editor.messages)) == (answer is None)


def set_budget(editor: Editor, **limits: float) -> None:
    """Change the settings."""
    settings = {"claudeSidecar": {"budget": limits}}
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))


async def test_a_limit_that_changes_ends_a_running_turn_and_all_is_reported(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("It begins."), pause(gate), usage=USAGE)
    model.script.reply(say("It goes on."), usage=USAGE)
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(workspace / "stats.py")
        running = editor.start(names.REVIEW, uri=uri)
        await editor.until(lambda: "agent_message_chunk" in editor.kinds)
        set_budget(editor, turnUsd=0.001, dayUsd=2)
        stopped: Any = await running
        set_budget(editor, turnUsd=1, dayUsd=2)
        following = await editor.run(names.ASK, text="Go on.", uri=uri)
        estimate = await editor.run(names.ESTIMATE, uri=uri)
        usage = await editor.run(names.USAGE)
    assert stopped["stopReason"] == "max_budget"
    assert "claudeSidecar.budget.turnUsd" in stopped["error"]["message"]
    assert (following["stopReason"], following["text"]) == ("end_turn", "It goes on.")
    assert following["sessionId"] == stopped["sessionId"]
    assert len(model.requests[-1].prompts) == 2

    assert editor.kinds.index("estimate") < editor.kinds.index("agent_message_chunk")
    assert 0 < estimate["costUsd"]["low"] < estimate["costUsd"]["high"]
    assert estimate["basedOnTurns"] == 0
    spent = stopped["cost"]["turnUsd"] + ONE
    assert usage["costUsd"] == pytest.approx(spent)
    (session,) = usage["bySession"]
    assert (session["sessionId"], session["costUsd"]) == (
        stopped["sessionId"],
        pytest.approx(spent),
    )
    assert session["title"]
    assert [each["uri"] for each in usage["byFile"]] == [uri]
    assert [each["workspace"] for each in usage["byWorkspace"]] == [workspace.as_uri()]
    turn, day = usage["budgets"]
    assert turn == {"setting": "budget.turnUsd", "limitUsd": 1.0}
    assert day == {
        "setting": "budget.dayUsd",
        "limitUsd": 2.0,
        "spentUsd": pytest.approx(spent),
        "leftUsd": pytest.approx(2 - spent),
    }
