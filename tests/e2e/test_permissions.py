"""Consent over the wire: a client that answers late, wrongly or never, leaves, or is killed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from support.editors import (
    Editor,
    capabilities,
    editor_on,
    initialize,
    new_editor,
    no_answer,
    silence,
    stop,
)
from support.model import Model

pytestmark = pytest.mark.anyio

QUESTION = "Tabs or spaces?"
ASKED = [
    {
        "question": QUESTION,
        "header": "Indent",
        "multiSelect": False,
        "options": [
            {"label": "Tabs\u202e", "description": "one"},
            {"label": "Spaces", "description": "\x1b[2Jfour"},
        ],
    }
]


def answering(answer: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """An editor that answers questions about permission so."""

    async def answered(method: str, params: Any) -> Any:
        given = answer(method, params)
        return await no_answer(method, params) if given is None else given

    return answered


def permissions(editor: Editor) -> list[dict[str, Any]]:
    return [params for method, params in editor.asked if method == names.REQUEST_PERMISSION]


def selected(option: str, message: str | None = None) -> dict[str, Any]:
    words = {} if message is None else {"message": message}
    return {"outcome": "selected", "optionId": option, **words}


async def test_a_request_shows_what_is_to_be_done_and_a_refusal_with_words_reaches_claude(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    target = workspace / "made.py"
    model.script.reply(call("Write", file_path=str(target), content="made = 1\n")).reply(say("Ok."))
    async with editor_on(environment, workspace) as editor:
        editor.answering = answering(
            lambda method, _: (
                selected("reject_once", "Put it into stats.py.")
                if method == names.REQUEST_PERMISSION
                else None
            )
        )
        uri = editor.open(workspace / "stats.py")
        result = await editor.run(names.ASK, uri=uri, text="Make it.")
    (request,) = permissions(editor)
    assert request["diff"] == {"uri": target.as_uri(), "oldText": "", "newText": "made = 1\n"}
    assert (request["number"], request["pending"], request["toolKind"]) == (1, 1, "edit")
    assert [option["optionId"] for option in request["options"]] == [
        "allow_once",
        "allow_always",
        "reject_once",
    ]
    assert result["stopReason"] == "end_turn"
    assert "They say: Put it into stats.py." in model.requests[-1].tool_results[0].text
    assert not target.exists()


@pytest.mark.parametrize(
    "answer",
    [
        selected("no_such_option"),
        {"outcome": "selected"},
        {"outcome": "allow_once"},
        {"outcome": "cancelled", "optionId": "allow_once"},
        {},
        "yes",
        ["allow_once"],
    ],
    ids=str,
)
async def test_a_wrong_answer_is_a_refusal(
    environment: dict[str, str], model: Model, workspace: Path, answer: Any
) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("Ok."))
    async with editor_on(environment, workspace) as editor:
        editor.answering = answering(
            lambda method, _: answer if method == names.REQUEST_PERMISSION else None
        )
        result = await editor.run(names.ASK, uri=None, text="Make it.")
    assert result["stopReason"] == "end_turn"
    assert model.requests[-1].tool_results[0].is_error
    assert not (workspace / "made").exists()


async def test_no_answer_is_a_refusal_and_a_late_one_changes_nothing(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    late = anyio.Event()
    model.script.reply(call("Bash", command="touch made")).reply(say("Ok."))

    async def answer_late(method: str, params: Any) -> Any:
        if method != names.REQUEST_PERMISSION:
            return await no_answer(method, params)
        await late.wait()
        return selected("allow_once")

    options = {"permission.waitSeconds": 1}
    async with editor_on(environment, workspace, options=options) as editor:
        editor.answering = answer_late
        result = await editor.run(names.ASK, uri=None, text="Make it.")
        assert len(editor.cancelled) == 1
        late.set()
        assert (await editor.run(names.STATUS))["server"]
        assert (await editor.run(names.PERMISSION_LIST))["pending"] == []
    assert result["stopReason"] == "end_turn"
    assert "gave no answer" in model.requests[-1].tool_results[0].text
    assert not (workspace / "made").exists()


@pytest.mark.parametrize("end", ["killed", "left"])
async def test_what_was_open_is_asked_again_by_the_next_server(
    environment: dict[str, str], model: Model, workspace: Path, end: str
) -> None:
    fetch = call("WebFetch", url="http://a.invalid/", prompt="x")
    model.script.reply(call("AskUserQuestion", questions=ASKED), fetch).reply(say("?"))
    model.script.when("Go on.").reply(fetch).reply(say("Fetched."))
    editor = new_editor()
    editor.answering = quiet
    client: Any = editor.client
    serve = (sys.executable, "-m", "claude_sidecar", "serve")
    await client.start_io(*serve, env=environment)
    try:
        await initialize(editor, workspace)
        asking = editor.start(names.ASK, uri=None, text="Make it.")
        asking.add_done_callback(lambda ended: ended.exception())
        await editor.until(lambda: len(ours(editor)) == 2)
        if end == "left":
            with anyio.fail_after(60):
                await editor.client.shutdown_session()
    finally:
        with suppress(RuntimeError):  # the client minds that its request is never answered
            await stop(editor)
    async with editor_on(environment, workspace) as editor:
        (cut_off,) = (await editor.run(names.SESSION_HISTORY, uri=None))["turns"]
        pending = (await editor.run(names.PERMISSION_LIST))["pending"]
        editor.answering = answering(yes_and_spaces)
        result = await editor.run(names.ASK, uri=None, text="Go on.")
        assert (await editor.run(names.PERMISSION_LIST))["pending"] == []
    assert (cut_off["state"], "stopReason" in cut_off) == ("interrupted", False)
    assert sorted(each["title"].split()[0] for each in pending) == ["AskUserQuestion", "WebFetch"]
    assert result["text"] == "Fetched."
    asked = ours(editor)
    assert len(asked) == 2
    assert all(each["askedBefore"] for each in asked)
    assert sorted(each["number"] for each in asked) == [1, 2]
    prompt = next(each.last_prompt for each in model.requests if "Go on." in each.last_prompt)
    assert "The developer allowed this." in prompt
    assert f"{QUESTION}: Spaces" in prompt


async def test_a_plain_client_is_asked_one_question_at_a_time_in_harmless_words(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    fetches = [
        call("WebFetch", url=f"http://a.invalid/{number}\u202e", prompt="\x1b[2Jx")
        for number in range(3)
    ]
    model.script.reply(*fetches, call("AskUserQuestion", questions=ASKED)).reply(say("Ok."))
    open_now: list[int] = []
    answered = 0

    async def one_by_one(method: str, params: Any) -> Any:
        nonlocal answered
        if method != types.WINDOW_SHOW_MESSAGE_REQUEST:
            return await no_answer(method, params)
        open_now.append(len(messages(editor)) - answered)
        answered += 1
        titles = [action.title for action in params.actions]
        return types.MessageActionItem("Refuse" if "Refuse" in titles else titles[0])

    window = types.WindowClientCapabilities(
        show_message=types.ShowMessageRequestClientCapabilities()
    )
    declared = capabilities(window=window)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.answering = one_by_one
        await editor.run(names.ASK, uri=None, text="Fetch.")
    shown = messages(editor)
    assert len(shown) == 4
    assert not any("\u202e" in each or "\x1b" in each for each in shown)
    assert sum("\\u202e" in each for each in shown) == 4
    assert max(open_now) <= 2  # one for permissions, one for Claude's own questions
    results = [result.text for result in model.requests[-1].tool_results]
    assert sum("The developer refused this." in text for text in results) == 3
    assert any("Tabs\u202e" in text for text in results)


async def test_a_mode_is_changed_while_a_turn_runs(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    """The first edit is asked about; meanwhile edits are accepted, and the second is not asked."""
    model.script.reply(call("Bash", command="touch first")).reply(
        call("Write", file_path=str(workspace / "second.py"), content="x")
    ).reply(say("Ok."))
    async with editor_on(environment, workspace) as editor:

        async def change(method: str, params: Any) -> Any:
            if method != names.REQUEST_PERMISSION:
                return await no_answer(method, params)
            session_id = params["sessionId"]
            session = await editor.run(
                names.SESSION_SET_MODE, sessionId=session_id, mode="acceptEdits"
            )
            assert (session["mode"], session["state"]) == ("acceptEdits", "requires_action")
            return selected("allow_once")

        editor.answering = change
        await editor.run(names.ASK, uri=None, text="Make them.")
    assert len(permissions(editor)) == 1
    assert (workspace / "second.py").exists()


def ours(editor: Editor) -> list[dict[str, Any]]:
    wanted = {names.REQUEST_PERMISSION, names.ASK_QUESTION}
    return [params for method, params in editor.asked if method in wanted]


def messages(editor: Editor) -> list[str]:
    return [
        params.message
        for method, params in editor.asked
        if method == types.WINDOW_SHOW_MESSAGE_REQUEST
    ]


def yes_and_spaces(method: str, params: Any) -> Any:
    del params
    if method == names.ASK_QUESTION:
        return {"answers": {QUESTION: "Spaces"}}
    return selected("allow_once") if method == names.REQUEST_PERMISSION else None


async def quiet(method: str, params: Any) -> Any:
    """Answer what is not for a person."""
    ask = method in {names.REQUEST_PERMISSION, names.ASK_QUESTION}
    return await (silence if ask else no_answer)(method, params)
