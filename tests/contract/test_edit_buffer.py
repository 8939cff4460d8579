"""`edit_buffer`, `rename_file` and `delete_file`: what Claude changes through the editor outright."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.app import open_sidecar
from claude_sidecar.offline.messages import MessagesRequest, ToolResultPart
from claude_sidecar.offline.replies import Call, Reply
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.ports import PermissionAnswer
from claude_sidecar.terminal.editor import Asked, PermissionAsked, TerminalEditor
from support.claims import CODE, claim
from support.model import Model
from support.opened import SAVED, TYPED, on_disk, opened
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def willing(desk: Desk) -> None:
    desk.editor.allowing = lambda _: "allow_once"


def edit(old: str, new: str, file: str = "a.py", **more: Any) -> Call:
    return call("mcp__sidecar__edit_buffer", file=file, old_text=old, new_text=new, **more)


def read(file: str = "a.py") -> Call:
    return call("mcp__sidecar__read_buffer", file=file)


async def results_of(desk: Desk, model: Model, *messages: Call | list[Call]) -> list[Any]:
    """Have Claude send messages with calls: the results of all calls, in order."""
    for each in messages:
        model.script.reply(*(each if isinstance(each, list) else [each]))
    model.script.reply(say("Done."))
    async with desk.open() as sidecar:
        await sidecar.ask("Do it.")
    return [result for request in model.requests[1:] for result in request.tool_results]


async def test_several_edits_of_one_call_are_made_together_or_not_at_all(
    desk: Desk, model: Model
) -> None:
    path = opened(desk, "a.py", typed=TYPED)

    def several(*pairs: tuple[str, str], **more: Any) -> Call:
        edits = [{"old_text": old, "new_text": new} for old, new in pairs]
        return call("mcp__sidecar__edit_buffer", file="a.py", edits=edits, **more)

    made, not_all, both = await results_of(
        desk,
        model,
        several(("one = 1", "one = 11"), ("three = 3", "three = 33")),
        several(("one = 11", "one = 111"), ("four = 4", "four = 44")),
        several(("one = 11", "one = 1"), old_text="x", new_text="y"),
    )
    wanted = "one = 11\ntwo = 22\nthree = 33\n"
    assert "Changed a.py. It is open in the developer's editor" in made.text
    assert "The old text of edit 2 is not in it" in not_all.text
    assert "not both" in both.text
    assert desk.editor.buffers[path].text == wanted
    (change,) = desk.editor.changes
    (file_edit,) = change.changes
    assert len(file_edit.edits) == 2  # type: ignore[union-attr]
    (question,) = desk.editor.asked  # not about what could not be done
    assert question.diff == FileDiff(path, TYPED, wanted)
    assert desk.editor.buffers[path].version == 3


async def test_an_edit_of_an_older_version_is_refused_with_the_text_as_it_is(
    desk: Desk, model: Model
) -> None:
    path = opened(desk, "a.py")

    def typed_meanwhile(request: MessagesRequest) -> Reply:
        desk.editor.type(path, TYPED)
        return Reply((edit("three = 3", "three = 33", version=1),))

    model.script.reply(read()).answer(typed_meanwhile)
    again = edit("three = 3", "three = 33", version=2)
    seen, refused, made = await results_of(desk, model, again)
    assert seen.text.startswith("4 lines, version 1, as saved;")
    assert refused.is_error
    assert "a.py has changed since you read it. Nothing was changed." in refused.text
    assert "`a.py` is version 2 now" in refused.text
    assert "2\ttwo = 22" in refused.text
    assert not made.is_error
    assert desk.editor.buffers[path].text == TYPED.replace("= 3\n", "= 33\n")


async def test_claudes_own_edits_do_not_make_its_version_an_older_one(
    desk: Desk, model: Model
) -> None:
    path = opened(desk, "a.py")
    results = await results_of(
        desk,
        model,
        read(),
        [edit("one = 1", "one = 5", version=1), edit("two = 2", "two = 6", version=1)],
        edit("three = 3", "three = 7", version=1),
    )
    assert [result.is_error for result in results] == [False] * 4
    assert desk.editor.buffers[path].text == "one = 5\ntwo = 6\nthree = 7\n"


@pytest.mark.parametrize(
    ("edit_", "problem"),
    [
        (edit("missing", "x"), "The old text is not in it, letter for letter. Nothing was changed"),
        (edit("= ", "=="), "is in it 3 times (lines 1, 2, 3): give more"),
        (edit("one = 1", "one = 1"), "has this text already"),
        (edit("", "x"), "is empty, and the file is not"),
        (edit("a", "b", version=77), "has changed since you read it"),
        (edit("a", "b", "../outside.py"), "outside the workspace"),
        (edit("a", "b", "link.py"), "outside the workspace"),
        (edit("a", "b", "missing.py"), "does not exist"),
        (call("mcp__sidecar__edit_buffer", file="a.py"), "`old_text` and `new_text` is missing"),
    ],
)
async def test_what_cannot_be_edited_is_left_as_it_is(
    desk: Desk, model: Model, tmp_path: Path, edit_: Call, problem: str
) -> None:
    path = opened(desk, "a.py")
    outside = tmp_path / "outside.py"
    outside.write_text("a = 1\n")
    (desk.folder / "link.py").symlink_to(outside)
    (result,) = await results_of(desk, model, edit_)
    assert result.is_error
    assert problem in result.text
    assert desk.editor.changes == []
    assert desk.editor.buffers[path].text == on_disk(path) == SAVED
    assert on_disk(str(outside)) == "a = 1\n"


async def test_what_the_editor_refuses_is_told_in_its_words(desk: Desk, model: Model) -> None:
    path = opened(desk, "a.py")
    desk.editor.refusing = lambda _: "The editor is in a macro."
    (result,) = await results_of(desk, model, edit("one = 1", "one = 2"))
    assert result.is_error
    assert "a.py: The editor is in a macro. Nothing was changed." in result.text
    assert desk.editor.buffers[path].text == SAVED


@pytest.fixture
def closed(desk: Desk) -> Path:
    """A file that is not open, with a byte order mark and the line ends of Windows."""
    path = Path(desk.write("a.py", "\ufeff" + SAVED.replace("\n", "\r\n")))
    path.chmod(0o640)
    return path


def state_of(path: Path) -> tuple[str, int, list[str]]:
    """Its text, its permissions, and what lies beside it."""
    names = [each.name for each in path.parent.iterdir()]
    return path.read_bytes().decode(), path.stat().st_mode & 0o777, names


async def test_files_that_are_not_open_are_replaced_whole_on_the_disk(
    desk: Desk, model: Model, closed: Path
) -> None:

    def overtaken(request: MessagesRequest) -> Reply:
        version = int(re.findall(r"version (\d+)", request.tool_results[0].text)[0])
        text = closed.read_bytes().decode()
        closed.write_bytes(text.replace("three = 3", "three = 4").encode())
        return Reply((edit("two = 9\nthree", "two = 0\nthree", version=version),))

    model.script.reply(read()).reply(edit("one = 1\ntwo = 2", "one = 8\ntwo = 9")).answer(overtaken)
    _, made, refused, again = await results_of(desk, model, edit("two = 9", "two = 0"))
    assert re.fullmatch(r"Changed a.py. It is version \d+ now.", made.text)
    assert "a.py has changed since you read it" in refused.text
    assert not again.is_error
    wanted = "\ufeffone = 8\r\ntwo = 0\r\nthree = 4\r\n"
    assert state_of(closed) == (wanted, 0o640, ["a.py"])


async def test_files_are_made_moved_and_deleted_as_steps_of_the_editor(
    desk: Desk, model: Model
) -> None:
    desk.write("old.py", "old = 1\n")
    opened(desk, "typed.py", typed=TYPED)
    rename = call("mcp__sidecar__rename_file", file="old.py", new_file="sub/moved.py")
    results: list[ToolResultPart] = await results_of(
        desk,
        model,
        edit("", "new = 1\n", "pack/new.py"),
        rename,
        call("mcp__sidecar__delete_file", file="pack/new.py"),
        call("mcp__sidecar__delete_file", file="typed.py"),
        call("mcp__sidecar__rename_file", file="sub/moved.py", new_file="typed.py"),
        call("mcp__sidecar__rename_file", file="missing.py", new_file="b.py"),
    )
    assert [each.is_error for each in results] == [False, False, False, True, True, True]
    assert "has changes that are not saved, so it was not deleted" in results[3].text
    assert "typed.py exists already" in results[4].text
    assert [change.label for change in desk.editor.changes] == [
        "Claude: Create pack/new.py",
        "Claude: Rename old.py to sub/moved.py",
        "Claude: Delete pack/new.py",
    ]
    assert [each.tool_kind for each in desk.editor.asked][:3] == ["edit", "move", "delete"]
    shown = [each.diff and (each.diff.old_text, each.diff.new_text) for each in desk.editor.asked]
    assert shown[:3] == [("", "new = 1\n"), None, ("new = 1\n", "")]
    assert on_disk(str(desk.folder / "sub" / "moved.py")) == "old = 1\n"
    assert not (desk.folder / "pack" / "new.py").exists()


async def test_findings_and_the_conversation_go_with_a_renamed_file(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", CODE)
    model.script.reply(claim()).reply(say("One."))
    model.script.reply(call("mcp__sidecar__rename_file", file="a.py", new_file="b.py")).reply(
        say("Moved.")
    ).reply(say("I remember."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        await sidecar.ask("Rename it.", path=path)
        there = desk.folder / "b.py"
        later = await sidecar.ask("And now?", path=there)
        (finding,) = await sidecar.findings.of_file(str(there))
    assert later.session_id == first.session_id
    assert finding.id == first.findings[0].id


async def test_a_review_and_a_debugging_turn_change_nothing(desk: Desk, model: Model) -> None:
    path = opened(desk, "a.py")
    calls = [
        edit("one = 1", "one = 2"),
        call("mcp__sidecar__rename_file", file="a.py", new_file="b.py"),
        call("mcp__sidecar__delete_file", file="a.py"),
    ]
    for _ in range(2):
        model.script.reply(*calls).reply(say("I could not."))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        await sidecar.debug(path, "It fails.")
    for request in (model.requests[1], model.requests[3]):
        assert [each.is_error for each in request.tool_results] == [True] * 3
    assert desk.editor.changes == []
    assert desk.editor.asked == []
    assert on_disk(path) == SAVED


async def test_why_an_edit_cannot_be_made_does_not_give_secrets_away(
    desk: Desk, model: Model
) -> None:
    desk.write(".env", "TOKEN=topsecret\n")
    desk.editor.allowing = lambda _: "reject_once"
    refused, *_ = await results_of(desk, model, edit("TOKEN", "KEY", ".env", version=1))
    desk.editor.allowing = lambda _: "allow_once"
    model.script.reply(edit("TOKEN", "KEY", ".env", version=1)).reply(say("Done."))
    async with desk.open() as sidecar:
        await sidecar.ask("Again.")
    (stale,) = model.requests[-1].tool_results
    assert refused.is_error
    assert "Read it again first" in stale.text
    assert len(desk.editor.asked) == 2
    assert not any("topsecret" in request.all_text for request in model.requests)


async def test_in_a_terminal_it_works_on_files_after_the_person_has_agreed(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", SAVED)
    asked: list[PermissionAsked] = []

    def hand_over(question: Asked) -> None:
        assert isinstance(question, PermissionAsked)
        asked.append(question)
        question.slot.fill(PermissionAnswer("allow_once"))

    workspaces = Workspaces([str(desk.folder)])
    model.script.reply(edit("one = 1", "one = 2"), read()).reply(say("Done."))
    async with open_sidecar(
        desk.settings, editor=TerminalEditor(hand_over), workspaces=workspaces
    ) as sidecar:
        await sidecar.ask("Do it.", path=path)
    assert on_disk(path) == SAVED.replace("one = 1", "one = 2")
    assert [each.question.tool_kind for each in asked] == ["edit"]
    offered = {name for name in model.requests[0].tools if "sidecar" in name}
    assert "mcp__sidecar__get_selection" not in offered


async def test_another_folder_that_is_open_is_edited_as_well(
    desk: Desk, model: Model, tmp_path: Path
) -> None:
    other = tmp_path / "library"
    other.mkdir()
    (other / "lib.py").write_text(SAVED)
    workspaces = Workspaces([str(desk.folder), str(other)])
    rename = call(
        "mcp__sidecar__rename_file", file=f"{other}/lib.py", new_file=f"{desk.folder}/lib.py"
    )
    model.script.reply(edit("one = 1", "one = 2", str(other / "lib.py"))).reply(rename)
    model.script.reply(say("Done."))
    async with open_sidecar(desk.settings, editor=desk.editor, workspaces=workspaces) as sidecar:
        await sidecar.ask("Do it.", path=desk.write("a.py", SAVED))
    results = [request.tool_results[0] for request in model.requests[1:]]
    assert [each.is_error for each in results] == [False, False]
    assert on_disk(str(desk.folder / "lib.py")) == SAVED.replace("one = 1", "one = 2")


async def test_what_was_changed_through_the_editor_is_taken_back_with_its_turn(
    desk: Desk, model: Model
) -> None:
    path = opened(desk, "a.py", typed=TYPED)
    closed = desk.write("b.py", SAVED)
    new = desk.folder / "new.py"

    async def agreed(_: object) -> bool:
        return True

    by_its_own_tool = call("Edit", file_path=path, old_string="three = 3", new_string="three = 4")
    others = edit("one = 1", "one = 2", "b.py"), edit("", "x = 1\n", "new.py")
    model.script.reply(by_its_own_tool).reply(edit("one = 1", "one = 2"), *others)
    model.script.reply(say("Done."))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Do it.")
        made = [desk.editor.buffers[path].text, on_disk(closed), on_disk(str(new))]
        await sidecar.sessions.rewind(result.turn_id, agreed)
    assert ["one = 1" in text for text in made] == [False] * 3
    assert "three = 4" in made[0]
    assert (desk.editor.buffers[path].text, on_disk(closed)) == (TYPED, SAVED)
    assert not new.exists()
