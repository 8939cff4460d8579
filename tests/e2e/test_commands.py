"""Every command that is advertised, called with and without arguments.

The table has a row for each name in `lsp/names.py`, and examples that together give every field
the command takes: a command or a field that is not in it fails here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from support.command_rows import ROWS, Arguments, Known
from support.editors import Editor, editor_on, no_answer
from support.model import Model
from support.wires import wire_to

pytestmark = pytest.mark.anyio

FINDING: dict[str, Any] = {
    "file": "stats.py",
    "quote": "sum(numbers) / len(numbers)",
    "severity": "error",
    "category": "bug",
    "title": "Division by zero for an empty list",
    "message": "`len(numbers)` is 0 for an empty list.",
}


async def test_every_command_is_advertised_and_has_a_row(environment: dict[str, str]) -> None:
    assert set(ROWS) == set(names.COMMANDS)
    async with editor_on(environment) as editor:
        assert editor.result is not None
        provider = editor.result.capabilities.execute_command_provider
        assert provider is not None
        assert (set(provider.commands), provider.work_done_progress) == (set(ROWS), True)


async def test_every_command_without_and_with_each_of_its_arguments(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("Well.")).forever()
    async with editor_on(environment, workspace) as editor:
        known = await _begun(editor, model, workspace)
        for command, row in ROWS.items():
            examples = row.examples(known)
            given = {field for example in examples for field in example}
            assert given == await _fields(editor, command), command
            if row.missing:
                assert await _missing(editor, command) == row.missing, command
            bare: list[Arguments] = [] if row.missing else [{}]
            for arguments in (*bare, *examples):
                result = await editor.run(command, **arguments)
                for each in result if command == names.RUN_STEPS else [result]:
                    assert row.gives <= set(each), (command, arguments, result)
        # What was told to be deleted is gone; all that was answered meanwhile is still there.
        listed = await editor.run(names.SESSION_LIST, limit=1000)
        known_ids = {session["sessionId"] for session in listed["sessions"]}
        assert known.session_id in known_ids
        assert known.spare_id not in known_ids


async def test_what_says_nothing_is_no_argument_in_each_spelling(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    """Clients differ in what they send when they have nothing to say; no document is open here."""
    model.script.reply(say("Well.")).forever()
    spellings: list[dict[str, Any]] = [
        {},
        {"arguments": None},
        {"arguments": []},
        {"arguments": [None]},
        {"arguments": [{}]},
    ]
    async with wire_to(environment) as wire:
        await wire.initialize(rootUri=workspace.as_uri())
        for command in names.COMMANDS:
            answers = [
                await wire.request(1, "workspace/executeCommand", {"command": command} | spelling)
                for spelling in spellings
            ]
            outcomes = {_outcome(answer) for answer in answers}
            assert len(outcomes) == 1, (command, answers)


async def _begun(editor: Editor, model: Model, workspace: Path) -> Known:
    """A reviewed file in a repository without a commit, and a session to spare."""
    await anyio.run_process(["git", "init", "--quiet"], cwd=workspace)
    model.script.when("Review the file").reply(
        call("mcp__sidecar__report_finding", **FINDING)
    ).reply(say("One defect.")).forever()
    (workspace / "spare.py").write_text("spare = 1\n")
    spare = await editor.run(names.SESSION_NEW, uri=(workspace / "other.py").as_uri())
    model.script.when("Unfinished").fail(400).forever()
    unfinished_uri = (workspace / "spare.py").as_uri()
    unfinished = await editor.run(names.ASK, uri=unfinished_uri, text="Unfinished?")
    editor.answering = _always
    model.script.when("Allowed for good").reply(call("Bash", command="touch made")).reply(say("."))
    await editor.run(names.ASK, uri=None, text="Allowed for good?")
    rules = (await editor.run(names.PERMISSION_LIST))["rules"]
    uri = editor.open(workspace / "stats.py")
    result = await editor.run(names.REVIEW)
    page = await editor.run(names.SESSION_LIST, limit=1)
    return Known(
        workspace=workspace.as_uri(),
        uri=uri,
        session_id=result["sessionId"],
        spare_id=spare["sessionId"],
        turn_id=result["turnId"],
        finding_id=result["findings"][0]["id"],
        cursor=page["nextCursor"],
        unfinished_id=unfinished["turnId"],
        unfinished_session_id=unfinished["sessionId"],
        unfinished_uri=unfinished_uri,
        rule_id=rules[0]["ruleId"],
    )


async def _always(method: str, params: Any) -> Any:
    if method == names.REQUEST_PERMISSION:
        return {"outcome": "selected", "optionId": "allow_always_workspace"}
    return await no_answer(method, params)


async def _fields(editor: Editor, command: str) -> set[str]:
    """The fields that a command takes, as its refusal of another one lists them."""
    with pytest.raises(JsonRpcException) as refused:
        await editor.run(command, noSuchField=1)
    assert "noSuchField" in refused.value.message
    listed = re.search(r"\(there is: ([^)]*)\)", refused.value.message)
    return set(listed[1].split(", ")) if listed else set()


async def _missing(editor: Editor, command: str) -> tuple[str, ...]:
    """The fields that a command names when it is refused without any."""
    with pytest.raises(JsonRpcException) as refused:
        await editor.run(command)
    data: Any = refused.value.data
    return tuple(data["fields"])


def _outcome(answer: dict[str, Any]) -> str:
    """The error, or which fields the result has."""
    if "error" in answer:
        return str(answer["error"])
    return str(sorted(answer["result"]))
