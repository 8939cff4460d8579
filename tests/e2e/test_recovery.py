"""Over stdio and in a terminal: sessions that Claude Code lost, and those that it has by itself."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import say
from support.command_line import CommandLine
from support.editors import editor_on
from support.model import Model
from support.transcripts import BUNDLED, in_a_terminal, transcript_of

pytestmark = pytest.mark.anyio


async def test_a_transcript_that_was_cut_is_told_of_and_the_session_goes_on(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    for answer in ("It averages.", "Yes.", "As I said."):
        model.script.reply(say(answer))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        first = await editor.run(names.ASK, text="What does it do?")
        await editor.run(names.ASK, text="Really?")
    transcript = transcript_of(environment, first["sessionId"])
    transcript.write_bytes(transcript.read_bytes()[: -transcript.stat().st_size // 3])
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        third = await editor.run(names.ASK, text="And so?")
        history = await editor.run(names.SESSION_HISTORY)
    assert third["recovered"] == {
        "from": first["sessionId"],
        "reason": "its transcript was cut in mid-line",
        "by": "copy",
    }
    assert (third["sessionId"], third["resumed"]) == (first["sessionId"], True)
    assert model.requests[-1].replies == ("It averages.", "Yes.")
    assert [turn["sessionId"] for turn in history["turns"]] == [first["sessionId"]] * 3


async def test_a_session_of_claudes_own_is_listed_bound_asked_in_and_handed_back(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    session_id = str(uuid.uuid4())
    for answer in ("Hello.", "A mean.", "Welcome back."):
        model.script.reply(say(answer))
    await in_a_terminal(workspace, environment, "--session-id", session_id, "Hello?")
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(workspace / "stats.py")
        (listed,) = (await editor.run(names.SESSION_LIST))["sessions"]
        bound = await editor.run(names.SESSION_RESUME, sessionId=session_id, uri=uri)
        asked = await editor.run(names.ASK, text="What is this?")
        command = await editor.run(names.SESSION_HANDOVER)
    assert (listed["sessionId"], listed["elsewhere"]) == (session_id, True)
    assert "file" not in listed
    assert (bound["session"]["file"], bound["session"]["current"]) == ("stats.py", True)
    assert [(turn["text"], turn["elsewhere"]) for turn in bound["turns"]] == [("Hello.", True)]
    assert asked["sessionId"] == session_id
    assert command["argv"] == [str(BUNDLED), "--resume", session_id]
    assert command["command"] == " ".join(command["argv"])
    assert (command["cwd"], command["env"]) == (workspace.as_uri(), {})
    claude, *rest = command["argv"]
    await in_a_terminal(workspace, environment, *rest, "I am back.", claude=claude)
    assert model.requests[-1].replies == ("Hello.", "A mean.")


async def test_an_unknown_session_and_a_foreign_file_are_named(
    environment: dict[str, str], model: Model, workspace: Path, tmp_path: Path
) -> None:
    unknown = str(uuid.uuid4())
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(workspace / "stats.py")
        session = await editor.run(names.SESSION_NEW, uri=uri)
        foreign = (tmp_path / "elsewhere.py").as_uri()
        refusals: list[tuple[str, dict[str, Any], str, str]] = [
            (names.SESSION_RESUME, {"sessionId": unknown}, "sessionId", unknown),
            (names.SESSION_HANDOVER, {"sessionId": unknown}, "sessionId", unknown),
            (names.SESSION_HANDOVER, {}, "sessionId", "Nothing was said"),
            (
                names.SESSION_RESUME,
                {"sessionId": session["sessionId"], "uri": foreign},
                "uri",
                str(workspace),
            ),
        ]
        for command, arguments, field, told in refusals:
            with pytest.raises(JsonRpcException) as refused:
                await editor.run(command, **arguments)
            assert refused.value.data == {"fields": [field]}
            assert told in refused.value.message


def test_a_terminal_lists_opens_and_reads_what_was_said_in_claude(
    environment: dict[str, str], threaded_model: Model, workspace: Path
) -> None:
    sidecar = CommandLine(workspace, environment)
    for answer in ("A mean.", "Said in Claude Code."):
        threaded_model.script.reply(say(answer))
    assert sidecar("ask", "--file", "stats.py", "What is it?").status == 0
    listed = sidecar("sessions", "list")
    (line,) = listed.out.splitlines()
    session_id = line.split("\t")[0]
    opened = sidecar("sessions", "open", session_id[:8])
    assert (opened.status, opened.err) == (0, "")
    assert opened.out == f"cd {workspace} && {BUNDLED} --resume {session_id}\n"
    done = subprocess.run(
        ["sh", "-c", f"{opened.out.strip()} -p 'Really?'"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "Said in Claude Code.\n"
    shown = sidecar("sessions", "show", "--file", "stats.py")
    assert "Said in Claude Code." in shown.out
    assert ", in Claude Code" in shown.out
