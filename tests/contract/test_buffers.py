"""Claude Code's own tools and files that are open in the editor, some with unsaved changes."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.offline.replies import Call
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.ports import Document, PermissionQuestion
from support.model import Model
from support.opened import SAVED, TYPED, on_disk, opened
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(desk: Desk) -> str:
    """A file with unsaved changes, and an editor in which the user agrees to everything."""
    desk.editor.allowing = lambda _: "allow_once"
    return opened(desk, "a.py", typed=TYPED)


def edit_file(path: str, old: str, new: str) -> Call:
    return call("Edit", file_path=path, old_string=old, new_string=new)


async def ask(desk: Desk, model: Model, *calls: Call, path: str | None = None) -> list[Any]:
    """Have Claude make calls, one a message, and say `Done.`: their results."""
    for each in calls:
        model.script.reply(each)
    model.script.reply(say("Done."))
    before = len(model.requests)
    async with desk.open() as sidecar:
        await sidecar.ask("Do it.", path=path)
    requests = model.requests[before + 1 :]
    return [result for request in requests for result in request.tool_results]


async def test_reading_a_file_gives_the_buffer_in_the_words_of_the_tool_itself(
    desk: Desk, model: Model, path: str
) -> None:
    whole, part = await ask(
        desk, model, call("Read", file_path=path), call("Read", file_path=path, offset=2, limit=1)
    )
    assert (whole.text, whole.is_error) == ("1\tone = 1\n2\ttwo = 22\n3\tthree = 3\n4\t", False)
    assert part.text == "2\ttwo = 22"
    assert "not saved; this is its text there, version 2" in model.requests[-1].all_text


async def test_reading_what_is_saved_or_newer_on_the_disk_gives_the_disk(
    desk: Desk, model: Model
) -> None:
    saved, outdated = opened(desk, "saved.py"), opened(desk, "outdated.py")
    desk.write("outdated.py", "by = 'another program'\n")
    results = await ask(
        desk, model, call("Read", file_path=saved), call("Read", file_path=outdated)
    )
    assert "two = 2" in results[0].text
    assert "another program" in results[1].text
    assert "not saved" not in model.requests[-1].all_text


async def test_a_file_that_is_only_in_the_editor_is_read_there(desk: Desk, model: Model) -> None:
    path = str(desk.folder / "new.py")
    desk.editor.buffers[path] = Document(path, "fresh = 1\n", 1, dirty=True)
    read, buffer = await ask(
        desk, model, call("Read", file_path=path), call("mcp__sidecar__read_buffer", file="new.py")
    )
    assert read.is_error
    assert "not saved yet: use mcp__sidecar__read_buffer" in read.text
    assert "with unsaved changes" in buffer.text
    assert "fresh = 1" in buffer.text


@pytest.mark.parametrize(
    "written",
    [
        {"tool": "Edit", "old_string": "three = 3", "new_string": "three = 33"},
        {"tool": "Write", "content": TYPED.replace("three = 3", "three = 33")},
    ],
    ids=["Edit", "Write"],
)
async def test_an_edit_of_an_unsaved_file_is_made_in_its_buffer_and_is_a_success(
    desk: Desk, model: Model, path: str, written: dict[str, Any]
) -> None:
    arguments = {name: value for name, value in written.items() if name != "tool"}
    _, result = await ask(
        desk,
        model,
        call("Read", file_path=path),
        call(written["tool"], file_path=path, **arguments),
    )
    assert not result.is_error
    assert "updated successfully" in result.text
    assert desk.editor.buffers[path].text == TYPED.replace("three = 3", "three = 33")
    assert on_disk(path) == SAVED
    (change,) = desk.editor.changes
    (edit,) = change.changes
    assert change.label == "Claude: edit a.py"
    assert edit.version == 2  # type: ignore[union-attr]
    (question,) = desk.editor.asked
    assert question.diff is not None
    assert question.diff.old_text == TYPED
    assert "its buffer is version 3 now, and not saved" in model.requests[-1].all_text


async def test_an_unsaved_file_that_was_not_read_is_not_overwritten(
    desk: Desk, model: Model, path: str
) -> None:
    first, again = await ask(
        desk,
        model,
        call("Write", file_path=path, content="all = 'mine'\n"),
        call("Write", file_path=path, content="all = 'mine'\n"),
    )
    assert first.is_error
    assert "has changes that you have not read" in first.text
    assert "two = 22" in first.text
    assert not again.is_error
    assert desk.editor.buffers[path].text == "all = 'mine'\n"
    assert on_disk(path) == SAVED


async def test_an_edit_is_refused_with_the_new_text_when_the_user_has_typed_since_it_was_read(
    desk: Desk, model: Model, path: str
) -> None:
    def type_meanwhile(question: PermissionQuestion) -> Any:
        if len(desk.editor.asked) == 1:
            desk.editor.type(path, TYPED + "four = 4\n")
        return "allow_once"

    desk.editor.allowing = type_meanwhile
    _, first, again = await ask(
        desk,
        model,
        call("Read", file_path=path),
        edit_file(path, "three = 3", "three = 33"),
        edit_file(path, "three = 3", "three = 33"),
    )
    assert first.is_error
    assert "a.py has changed since you read it. Nothing was changed." in first.text
    assert "4\tfour = 4" in first.text
    assert not again.is_error
    assert desk.editor.buffers[path].text == TYPED.replace("= 3\n", "= 33\n") + "four = 4\n"


async def test_an_edit_that_only_fits_the_buffer_is_told_what_fits(
    desk: Desk, model: Model, path: str
) -> None:
    """Claude Code compares with the disk, and refuses before anybody else is asked."""
    (result,) = await ask(desk, model, edit_file(path, "two = 22", "two = 222"))
    assert "String to replace not found" in result.text
    told = model.requests[-1].all_text
    assert "`a.py` has changes in the developer's editor that are not saved" in told
    assert "Use mcp__sidecar__edit_buffer, with version 2" in told


async def test_notebooks_are_pointed_to_the_editors_own_edits(desk: Desk, model: Model) -> None:
    notebook = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    desk.editor.allowing = lambda _: "allow_once"
    path = opened(desk, "n.ipynb", notebook, typed=notebook + "\n")
    insertion = call(
        "NotebookEdit", notebook_path=path, new_source="x", edit_mode="insert", cell_type="code"
    )
    read, result = await ask(desk, model, call("Read", file_path=path), insertion)
    assert read.text.startswith('1\t{"cells"')
    assert result.is_error
    assert "Use mcp__sidecar__edit_buffer" in result.text
    assert on_disk(path) == notebook


@pytest.mark.parametrize("saves", [True, False], ids=["saves", "does_not_save"])
async def test_a_file_without_unsaved_changes_is_edited_in_the_editor_and_saved_if_it_saves(
    desk: Desk, model: Model, saves: bool
) -> None:
    desk.editor.allowing, desk.editor.saves = (lambda _: "allow_once"), saves
    path = opened(desk, "a.py")
    _, result = await ask(
        desk, model, call("Read", file_path=path), edit_file(path, "two = 2", "two = 3")
    )
    assert not result.is_error
    wanted = SAVED.replace("two = 2", "two = 3")
    assert desk.editor.buffers[path].text == wanted
    assert on_disk(path) == (wanted if saves else SAVED)
    told = model.requests[-1].all_text
    assert ("version 2 now, and saved." in told) is saves
    assert ("Change it further with mcp__sidecar__edit_buffer" in told) is not saves
    assert ("see the older text on the disk" in told) is not saves


async def test_where_buffers_cannot_be_changed_unsaved_ones_are_left_alone_and_others_written(
    desk: Desk, model: Model, path: str
) -> None:
    desk.editor.changes_buffers = False
    saved = opened(desk, "b.py")
    refused, written = await ask(
        desk,
        model,
        edit_file(path, "three = 3", "three = 33"),
        edit_file(saved, "two = 2", "two = 3"),
    )
    assert refused.is_error
    assert "Ask the developer to save it first" in refused.text
    assert (desk.editor.buffers[path].text, on_disk(path)) == (TYPED, SAVED)
    assert not written.is_error
    assert "two = 3" in on_disk(saved)
    assert desk.editor.changes == []


async def test_what_the_disk_has_that_the_editor_has_not_loaded_is_edited_on_the_disk(
    desk: Desk, model: Model
) -> None:
    desk.editor.allowing = lambda _: "allow_once"
    path = opened(desk, "a.py")
    desk.write("a.py", SAVED + "four = 4\n")
    buffer, disk = await ask(
        desk,
        model,
        call("mcp__sidecar__edit_buffer", file="a.py", old_text="two = 2", new_text="two = 3"),
        edit_file(path, "four = 4", "four = 44"),
    )
    assert "the editor has not loaded that yet" in buffer.text
    assert not disk.is_error
    assert on_disk(path) == SAVED + "four = 44\n"
    assert desk.editor.buffers[path].text == SAVED


async def test_an_edit_that_the_user_refuses_is_made_nowhere(
    desk: Desk, model: Model, path: str
) -> None:
    desk.editor.allowing = lambda _: "reject_once"
    (result,) = await ask(desk, model, edit_file(path, "three = 3", "three = 33"))
    assert result.is_error
    assert "refused" in result.text
    assert (desk.editor.buffers[path].text, on_disk(path)) == (TYPED, SAVED)


async def test_accepted_edits_are_made_in_the_editor_without_asking(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(edit_file(path, "three = 3", "three = 33")).reply(say("Done."))
    async with desk.open(permission_mode="acceptEdits") as sidecar:
        await sidecar.ask("Do it.")
    assert desk.editor.asked == []
    assert "three = 33" in desk.editor.buffers[path].text
    assert on_disk(path) == SAVED


async def test_rules_that_let_a_tool_through_do_not_let_it_through_to_the_disk(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(edit_file(path, "three = 3", "three = 33")).reply(say("Done."))
    async with desk.open(allowed_tools=("Edit",)) as sidecar:
        await sidecar.ask("Do it.")
    assert desk.editor.asked == []
    assert "three = 33" in desk.editor.buffers[path].text
    assert on_disk(path) == SAVED


async def test_a_search_is_remarked_on_where_the_editor_has_unsaved_changes(
    desk: Desk, model: Model, path: str
) -> None:
    desk.write("sub/b.py", "two = 2\n")
    (_, elsewhere) = await ask(
        desk,
        model,
        call("Grep", pattern="two", output_mode="content"),
        call("Grep", pattern="two", path=str(desk.folder / "sub")),
    )
    assert "b.py" in elsewhere.text
    assert model.requests[-1].all_text.count("Grep has searched the files on the disk") == 1
    assert "may match otherwise there: `a.py`" in model.requests[-1].all_text


async def test_commands_that_change_open_files_and_miss_unsaved_text_are_remarked_on(
    desk: Desk, model: Model, path: str
) -> None:
    opened(desk, "b.py")
    await ask(
        desk,
        model,
        call("Bash", command="echo 'five = 5' >> b.py", description="Add"),
        call("Bash", command="echo 'six = 6' >> a.py", description="Add"),
        call("Bash", command="cat b.py", description="Look"),
    )
    first, second, third = (
        request.all_text.removeprefix(before.all_text)
        for before, request in zip(model.requests, model.requests[1:], strict=False)
    )
    assert "`b.py` changed on the disk. It is open in the developer's editor without" in first
    assert "Commands see the files on the disk" in first
    assert "that are not saved: `a.py`." in first
    assert "`a.py` changed on the disk, and has other changes" in second
    assert "changed on the disk" not in third
    assert on_disk(path) == SAVED + "six = 6\n"
    assert desk.editor.buffers[path].text == TYPED
