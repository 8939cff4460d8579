"""Claude sees and edits what the editor shows: from the model to the client's own buffer and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from support.editors import DEADLINE, PANEL, Editor, editor_on
from support.model import Model
from support.pages import Page, able, take_edits

pytestmark = pytest.mark.anyio

KNOWS = PANEL | {"saves": True, "editorContext": ["definition", "selection"]}


@pytest.fixture
def file(workspace: Path) -> Path:
    file = workspace / "stats.py"
    file.write_text("one = 1\ntwo = 2\n", encoding="utf-8")
    return file


def answering(page: Page, file: Path) -> Any:
    """A willing user, in an editor that saves and knows where things are."""

    async def answer(method: str, params: Any) -> Any:
        match method:
            case names.REQUEST_PERMISSION:
                return {"outcome": "selected", "optionId": "allow_once"}
            case names.SAVE_DOCUMENT:
                write(file, page.text)
                page.saved()
                return {"saved": True}
            case names.EDITOR_CONTEXT:
                place = types.Range(types.Position(1, 0), types.Position(1, 3))
                location = {"uri": file.as_uri(), "range": place}
                return {"definition": location, "selection": location | {"text": "two"}}
            case _:
                return None

    return answer


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def told(model: Model) -> str:
    return model.requests[-1].all_text


async def test_the_buffer_is_read_edited_and_saved_through_the_editor_alone(
    environment: dict[str, str], model: Model, workspace: Path, file: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able(KNOWS)) as editor:
        page = Page(editor, file)
        edits = take_edits(editor, page)
        editor.answering = answering(page, file)

        model.script.reply(call("Read", file_path=str(file))).reply(
            call("Edit", file_path=str(file), old_string="two = 2", new_string="two = 3")
        ).reply(say("Done."))
        await editor.run(names.ASK, text="Edit it.")
        assert edits == [True]
        assert page.text == read(file) == "one = 1\ntwo = 3\n"
        assert "and saved" in told(model)

        page.replace("one = 1", "one = 11")  # and is not saved
        model.script.reply(call("Read", file_path=str(file))).reply(
            call("Write", file_path=str(file), content="one = 11\ntwo = 33\n")
        ).reply(say("Done."))
        await editor.run(names.ASK, text="Once more.")
        assert page.text == "one = 11\ntwo = 33\n"
        assert read(file) == "one = 1\ntwo = 3\n"
        assert "1\tone = 11" in told(model)
        assert "and not saved" in told(model)
        diffs = [params["diff"] for params in asked(editor, names.REQUEST_PERMISSION)]
        assert [diff["oldText"] for diff in diffs] == ["one = 1\ntwo = 2\n", "one = 11\ntwo = 3\n"]


async def test_the_editors_own_knowledge_is_asked_for_where_it_is_offered(
    environment: dict[str, str], model: Model, workspace: Path, file: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able(KNOWS)) as editor:
        page = Page(editor, file)
        editor.answering = answering(page, file)
        model.script.reply(
            call("mcp__sidecar__find_definition", file="stats.py", symbol="two"),
            call("mcp__sidecar__get_selection"),
        ).reply(say("I see."))
        await editor.run(names.ASK, text="Where?")
        assert "stats.py:2\ttwo = 2" in told(model)
        assert "Selected at stats.py:2" in told(model)
        questions = asked(editor, names.EDITOR_CONTEXT)
        assert {
            "kinds": ["definition"],
            "uri": file.as_uri(),
            "position": {"line": 1, "character": 0},
            "symbol": "two",
        } in questions
        offered = {name for name in model.requests[0].tools if "sidecar" in name}
        assert "mcp__sidecar__get_hover" not in offered


def asked(editor: Editor, method: str) -> list[Any]:
    return [params for name, params in editor.asked if name == method]


async def test_what_claude_changes_on_the_disk_is_in_step_once_the_editor_has_loaded_it(
    environment: dict[str, str], model: Model, workspace: Path, file: Path
) -> None:
    """As VS Code does it: a document without changes of its own is loaded anew, and not `saved`."""
    declared = able(PANEL, applies=False)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page = Page(editor, file)
        editor.answering = answering(page, file)
        change = call("Edit", file_path=str(file), old_string="two = 2", new_string="two = 3")
        buffer = call("mcp__sidecar__read_buffer", file="stats.py")
        model.script.reply(change).reply(buffer).reply(say("Done."))
        await editor.run(names.ASK, text="Edit it.")
        assert read(file) == "one = 1\ntwo = 3\n"
        assert "older than the file on the disk" in told(model)

        page.replace("two = 2", "two = 3")
        model.script.reply(buffer).reply(say("Yes."))
        await editor.run(names.ASK, text="And now?")
        assert "as saved; lines 1 to 3:\n1\tone = 1\n2\ttwo = 3" in told(model)


async def test_a_client_that_leaves_in_the_middle_of_an_edit_leaves_its_file_as_it_was(
    environment: dict[str, str], model: Model, workspace: Path, file: Path
) -> None:
    declared = able(KNOWS)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page = Page(editor, file)
        editor.answering = answering(page, file)
        asked_to_edit = anyio.Event()

        async def never(params: types.ApplyWorkspaceEditParams) -> None:
            asked_to_edit.set()
            await anyio.sleep_forever()

        editor.client.feature(types.WORKSPACE_APPLY_EDIT)(never)
        model.script.reply(
            call("Edit", file_path=str(file), old_string="two = 2", new_string="two = 3")
        )
        turn = editor.start(names.ASK, text="Edit it.")
        with anyio.fail_after(DEADLINE):
            await asked_to_edit.wait()
    turn.cancel()
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        Page(editor, file)
        history = await editor.run(names.SESSION_HISTORY)
        (told,) = history["turns"]
        assert told.get("stopReason") != "end_turn"
        model.script.reply(say("I am back."))
        assert (await editor.run(names.ASK, text="Hello?"))["text"] == "I am back."
    assert read(file) == "one = 1\ntwo = 2\n"
