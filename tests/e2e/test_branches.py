"""Going on from other points of a session than its end: in an editor over stdio, and in a terminal."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, pause, say
from support.command_line import CommandLine
from support.editors import Editor, capabilities, editor_on
from support.model import Model

pytestmark = pytest.mark.anyio

SHOWS_MESSAGES = types.WindowClientCapabilities(
    show_message=types.ShowMessageRequestClientCapabilities()
)
PLAIN = capabilities(window=SHOWS_MESSAGES)


async def lenses(editor: Editor, uri: str) -> dict[str, types.Command]:
    """What stands at the top of a document, by its title."""
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    found = await editor.client.text_document_code_lens_async(params)
    resolved = [await editor.client.code_lens_resolve_async(lens) for lens in found or ()]
    return {lens.command.title: lens.command for lens in resolved if lens.command is not None}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_killed_servers_turn_is_offered_and_gone_on_with(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.when("Is it safe?").reply(say("It begins."), pause(Gate()))
    editor_running = editor_on(environment, workspace)
    editor = await editor_running.__aenter__()
    uri = editor.open(workspace / "stats.py")
    asked = editor.start(names.ASK, text="Is it safe?")
    await editor.until(lambda: "agent_message_chunk" in editor.kinds)
    server: asyncio.subprocess.Process = cast(Any, editor.client)._server
    server.send_signal(signal.SIGKILL)
    await server.wait()
    asked.cancel()
    await editor.client.stop()

    model.script.when("# Task: continue").reply(say("It is."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        history = await editor.run(names.SESSION_HISTORY)
        (turn,) = history["turns"]
        assert (history["session"]["state"], turn["state"]) == ("interrupted", "interrupted")
        assert "stopReason" not in turn
        shown = await lenses(editor, uri)
        command = shown["Continue what was interrupted"]
        assert command.command == names.TURN_CONTINUE
        result = await editor.run(command.command, **cast(Any, command.arguments)[0])
        assert (result["stopReason"], result["text"], result["resumed"]) == (
            "end_turn",
            "It is.",
            True,
        )
        assert "Continue what was interrupted" not in await lenses(editor, uri)
        history = await editor.run(names.SESSION_HISTORY)
        assert history["turns"][1]["continues"] == turn["turnId"]


async def test_fork_and_compact_over_the_wire(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    for question in ("One?", "Two?", "Three?"):
        model.script.when(question).reply(say(f"Answer to {question}"))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        one = await editor.run(names.ASK, text="One?")
        await editor.run(names.ASK, text="Two?")
        fork = await editor.run(
            names.SESSION_FORK, sessionId=one["sessionId"], turnId=one["turnId"]
        )
        assert (fork["forkedFrom"], fork["forkTurn"]) == (one["sessionId"], one["turnId"])
        assert (fork["current"], fork["costUsd"], fork["turns"]) == (True, 0, 0)
        three = await editor.run(names.ASK, text="Three?")
        assert three["sessionId"] == fork["sessionId"]
        assert model.requests[-1].replies == ("Answer to One?",)
        history = await editor.run(names.SESSION_HISTORY)
        assert [turn["prompt"] for turn in history["turns"]] == ["One?", "Three?"]
        result = await editor.run(names.SESSION_COMPACT)
        assert result["sessionId"] == fork["sessionId"]
        assert result["compacted"]["summary"] == result["text"] != ""
        (told,) = [
            each["update"] for each in editor.updates if each["update"]["kind"] == "compacted"
        ]
        assert told["trigger"] == "manual"
        assert told["summary"] == result["text"]


async def test_a_plain_client_is_asked_and_warned_by_messages(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    path = workspace / "stats.py"
    before = path.read_text(encoding="utf-8")
    full = TokenUsage(input=900_000, output=5)
    model.script.when("Change it").reply(call("Read", file_path=str(path))).reply(
        call("Write", file_path=str(path), content="changed = 1\n")
    ).reply(say("Done."), usage=full)
    answers = iter(["Allow", None, "Put it back"])

    async def answering(method: str, params: Any) -> Any:
        if method == types.WINDOW_SHOW_MESSAGE_REQUEST:
            answer = next(answers)
            chosen = [each for each in params.actions if each.title == answer]
            return chosen[0] if chosen else None
        return None

    async with editor_on(environment, workspace, client_capabilities=PLAIN) as editor:
        editor.answering = answering
        result = await editor.run(names.ASK, text="Change it", uri=path.as_uri())
        assert path.read_text(encoding="utf-8") == "changed = 1\n"
        assert any("of the context window" in message for message in editor.messages)
        path.write_text("changed = 2\n", encoding="utf-8")
        refused = await editor.run(names.SESSION_REWIND, turnId=result["turnId"])
        assert refused["restored"] == []
        assert [each["uri"] for each in refused["unrestored"]] == [path.as_uri()]
        assert path.read_text(encoding="utf-8") == "changed = 2\n"
        rewound = await editor.run(names.SESSION_REWIND, turnId=result["turnId"])
        assert rewound == {"restored": [path.as_uri()]}
        assert path.read_text(encoding="utf-8") == before


def test_in_a_terminal(environment: dict[str, str], threaded_model: Model, workspace: Path) -> None:
    sidecar = CommandLine(workspace, environment)
    script = threaded_model.script
    path = workspace / "stats.py"
    before = path.read_text(encoding="utf-8")
    script.when("One?").reply(call("Read", file_path=str(path))).reply(
        call("Write", file_path=str(path), content="changed = 1\n")
    ).reply(say("Done."))
    script.when("Two?").fail(400).forever()
    config = workspace.parent / "config.toml"
    config.write_text('[claudeSidecar]\npermissionMode = "acceptEdits"\n', encoding="utf-8")
    flags = ("--config", str(config))
    assert sidecar("ask", "--file", "stats.py", "One?", *flags).status == 0
    assert path.read_text(encoding="utf-8") == "changed = 1\n"
    assert sidecar("ask", "--file", "stats.py", "Two?", *flags).status == 3
    shown = sidecar("sessions", "show", "--file", "stats.py", "--format", "json").json
    session, (one, two) = shown["session"]["sessionId"], shown["turns"]
    assert (one["state"], two["stopReason"]) == ("ended", "error")

    script.when("Two?").reply(say("Second try."))
    retried = sidecar("sessions", "retry", session[:8], "--format", "json", *flags)
    assert (retried.json["stopReason"], retried.json["text"]) == ("end_turn", "Second try.")
    nothing = sidecar("sessions", "continue", session, *flags)
    assert nothing.status == 2
    assert "nothing to go on with" in nothing.err

    forked = sidecar("sessions", "fork", session, "1", "--format", "json").json
    assert (forked["forkedFrom"], forked["forkTurn"]) == (session, one["turnId"])
    told = sidecar("sessions", "show", "--file", "stats.py").out
    assert "inherited" in told
    assert "Second try." not in told
    compacted = sidecar("sessions", "compact", forked["sessionId"], *flags)
    assert compacted.status == 0
    assert "What was said so far, by the scripted model." in compacted.out

    path.write_text("changed = 2\n", encoding="utf-8")
    refused = sidecar("sessions", "rewind", session, "1")
    assert refused.status == 2
    assert "--yes" in refused.err
    rewound = sidecar("sessions", "rewind", session, one["turnId"][:8], "--yes")
    assert rewound.status == 0
    assert "stats.py" in rewound.out
    assert path.read_text(encoding="utf-8") == before
