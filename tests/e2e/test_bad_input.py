"""Files that cannot be worked on, and names that are hard to spell: told plainly, and nothing lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from support.editors import Editor, editor_on
from support.model import Model

pytestmark = pytest.mark.anyio

INVALID_PARAMS = -32602
MEGABYTE = 1024 * 1024


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * MEGABYTE)


UNUSABLE: list[tuple[str, Callable[[Path], object], str]] = [
    ("missing.py", lambda path: None, "does not exist"),
    ("folder", Path.mkdir, "is a folder"),
    ("picture.png", lambda path: path.write_bytes(b"\x89PNG\r\n\0\0"), "is a binary file"),
    ("latin.py", lambda path: path.write_bytes("é = 1\n".encode("latin-1")), "is not UTF-8"),
    ("wide.py", lambda path: path.write_bytes("é = 1\n".encode("utf-16")), "UTF-16"),
    ("huge.log", huge, "is too large (50.0 MB"),
]


async def test_a_file_that_cannot_be_read_is_named_and_no_turn_begins(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It averages.")).reply(say("As I said."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="What does it do?")
        before = await editor.run(names.SESSION_LIST)
        for name, make, problem in UNUSABLE:
            path = workspace / name
            make(path)
            for command, more in _TURNS:
                error = await _refused(editor, command, uri=path.as_uri(), **more)
                assert error.code == INVALID_PARAMS
                assert error.data == {"fields": ["uri"]}
                assert str(path) in error.message
                assert problem in error.message
        assert await editor.run(names.SESSION_LIST) == before
        after = await editor.run(
            names.ASK, text="Still there?", uri=(workspace / "stats.py").as_uri()
        )
    assert after["text"] == "As I said."
    assert model.requests[-1].replies == ("It averages.",)
    assert len(model.requests) == 2


async def test_one_line_of_five_megabytes_can_be_asked_about_and_reviewed_in_parts(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    path = workspace / "minified.js"
    path.write_text("x=1;" * (5 * MEGABYTE // 4), encoding="utf-8")
    model.script.reply(say("Ones.")).reply(say("Fine."))
    selected = {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 8}}
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(path, language="javascript")
        error = await _refused(editor, names.REVIEW, uri=uri)
        asked = await editor.run(names.ASK, uri=uri, text="What is selected?", range=selected)
        reviewed = await editor.run(names.REVIEW, uri=uri, range=selected)
        all_of_it = {"start": selected["start"], "end": {"line": 0, "character": 5 * MEGABYTE}}
        too_much = await _refused(editor, names.ASK, uri=uri, text="And this?", range=all_of_it)
    assert "is too large to be reviewed at once (5.0 MB" in error.message
    assert "selection" in error.message
    assert f"selects 5.0 MB of {path}" in too_much.message
    assert too_much.data == {"fields": ["range"]}
    assert (asked["text"], reviewed["text"]) == ("Ones.", "Fine.")
    assert "x=1;" in model.requests[0].last_prompt
    assert all(len(request.last_prompt) < MEGABYTE for request in model.requests)


async def test_an_empty_file_is_a_file(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    path = workspace / "empty.py"
    path.touch()
    model.script.reply(say("Nothing to see.")).reply(say("Nothing."))
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(path)
        reviewed = await editor.run(names.REVIEW)
        asked = await editor.run(names.ASK, text="What is in it?")
        start = {"line": 0, "character": 0}
        error = await _refused(
            editor,
            names.REVIEW,
            uri=uri,
            range={"start": start | {"line": 7}, "end": {"line": 9, "character": 0}},
        )
    assert (reviewed["text"], asked["text"]) == ("Nothing to see.", "Nothing.")
    assert "line 8" in error.message
    assert str(path) in error.message


NAMES = [
    "with space.py",
    "tab\tand\nnewline.py",
    "50%.py",
    "a%20b.py",
    "c#.py",
    "q?.py",
    "äß😀.py",
    'q"`.py',
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
async def test_names_that_are_hard_to_spell(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    for name in NAMES:
        (workspace / name).write_text("bad()\n", encoding="utf-8")
        finding = {**FINDING, "file": name}
        model.script.reply(call("mcp__sidecar__report_finding", **finding)).reply(say("One."))
    model.script.reply(say("I remember.")).forever()
    sessions: dict[str, str] = {}
    async with editor_on(environment, workspace) as editor:
        for name in NAMES:
            uri = editor.open(workspace / name)
            result = await editor.run(names.REVIEW)
            (found,) = result["findings"]
            sessions[name] = result["sessionId"]
            assert (found["uri"], found["quote"]) == (uri, "bad()")
            assert [each.code for each in editor.client.diagnostics[uri]] == ["bug"]
    async with editor_on(environment, workspace) as editor:
        for name in NAMES:
            uri = (workspace / name).as_uri()
            history = await editor.run(names.SESSION_HISTORY, uri=uri)
            asked = await editor.run(names.ASK, text="Which file?", uri=uri)
            assert (history["session"]["file"], asked["sessionId"]) == (name, sessions[name])
    assert len(set(sessions.values())) == len(NAMES)
    for request in model.requests:  # no name of a file is a line of its own in a prompt
        assert "\nnewline.py" not in request.last_prompt


FINDING: dict[str, Any] = {
    "quote": "bad()",
    "severity": "error",
    "category": "bug",
    "title": "Bad",
    "message": "It is bad.",
}


async def test_a_file_outside_every_workspace_has_a_conversation_of_its_own(
    environment: dict[str, str], model: Model, tmp_path: Path, workspace: Path
) -> None:
    outside = tmp_path / "elsewhere" / "stats.py"
    outside.parent.mkdir()
    outside.write_text("bad()\n", encoding="utf-8")
    model.script.reply(say("Bad."))
    async with editor_on(environment, workspace) as editor:
        result = await editor.run(names.REVIEW, uri=outside.as_uri())
        (session,) = (await editor.run(names.SESSION_LIST))["sessions"]
    assert result["stopReason"] == "end_turn"
    assert (session["workspace"], session["file"]) == (outside.parent.as_uri(), "stats.py")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
async def test_claude_is_refused_what_lies_outside_the_workspace(
    environment: dict[str, str], model: Model, tmp_path: Path, workspace: Path
) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("bad()\n", encoding="utf-8")
    (workspace / "link.py").symlink_to(secret)
    (workspace / "links").symlink_to(tmp_path, target_is_directory=True)
    spellings = ["../secret.py", str(secret), "link.py", "links/secret.py", "a/../../secret.py"]
    for file in spellings:
        report = call("mcp__sidecar__report_finding", **{**FINDING, "file": file})
        model.script.reply(report, call("mcp__sidecar__read_buffer", file=file))
    model.script.reply(say("I may not."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        result = await editor.run(names.REVIEW)
    assert (result["stopReason"], result["findings"]) == ("end_turn", [])
    answers = [answer for request in model.requests for answer in request.tool_results]
    refusals = answers[-2 * len(spellings) :]
    for number, file in enumerate(spellings):
        for refusal in refusals[2 * number : 2 * number + 2]:
            assert "bad()" not in refusal.text
            assert file in refusal.text
            assert "outside" in refusal.text


async def test_a_file_that_no_one_may_read_is_named(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    path = workspace / "pipe"
    os.mkfifo(path)
    async with editor_on(environment, workspace) as editor:
        error = await _refused(editor, names.REVIEW, uri=path.as_uri())
    assert f"{path}: is not a regular file" in error.message


_TURNS: list[tuple[str, dict[str, Any]]] = [
    (names.REVIEW, {}),
    (names.DEBUG, {"error": "It failed."}),
    (names.ASK, {"text": "What is it?"}),
    (names.RUN_STEPS, {"steps": ["One.", "Two."]}),
]


async def _refused(editor: Editor, command: str, **arguments: Any) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as refused:
        await editor.run(command, **arguments)
    return refused.value
