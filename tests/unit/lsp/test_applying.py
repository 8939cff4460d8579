"""Changes of files through clients of every kind: able, unable, late, wrong, silent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.applying import Applying, Patience
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.sessions.documents.minimal_edits import edits_between
from claude_sidecar.sessions.ports import (
    FileCreation,
    FileDeletion,
    FileEdit,
    FileOperation,
    FileRename,
    WorkspaceChange,
)
from claude_sidecar.text import PositionEncoding
from support.memory_editor import Json, MemoryEditor, memory_editor

pytestmark = pytest.mark.anyio

TEXT = 'face = "😀é"; one = 1\ntwo = 2\n'
WANTED = 'face = "😀é"; one = 11\ntwo = 22\n'
SHORT = Patience(answer=0.2, arrival=0.2, stray=0.2)
ALL = tuple(types.ResourceOperationKind)


def able(
    *,
    applies: bool = True,
    versions: bool = True,
    operations: Sequence[types.ResourceOperationKind] = ALL,
    annotates: bool = False,
    saves: bool = False,
) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        experimental={names.CAPABILITY: {"saves": saves}},
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=applies,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=versions,
                resource_operations=list(operations),
                change_annotation_support=types.ChangeAnnotationsSupportOptions()
                if annotates
                else None,
            ),
        ),
    )


def applying(editor: MemoryEditor, patience: Patience = SHORT) -> Applying:
    edits = FileEdits(editor.client, editor.documents, editor.ranges)
    return Applying(editor.client, editor.documents, edits, patience)


def edit(editor: MemoryEditor, path: str, new: str = WANTED) -> FileEdit:
    """An edit of a file as it is open, or on the disk."""
    document = editor.documents.document(path)
    old = Path(path).read_text() if document is None else document.text
    version = None if document is None else document.version
    return FileEdit(path, edits_between(old, new), version, "An edit", old)


def step(*operations: FileOperation) -> WorkspaceChange:
    return WorkspaceChange(operations, "A step")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text(TEXT)
    return path


def read(path: Path) -> str:
    return path.read_text()


def sent(editor: MemoryEditor) -> list[Json]:
    return editor.requests(types.WORKSPACE_APPLY_EDIT)


@pytest.mark.parametrize("versions", [True, False], ids=["versions", "plain"])
@pytest.mark.parametrize("annotates", [True, False], ids=["annotations", "none"])
@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 24), ("utf-16", 21), ("utf-32", 20)])
async def test_an_edit_is_versioned_and_annotated_as_the_client_takes_it_in_its_units(
    file: Path, versions: bool, annotates: bool, encoding: PositionEncoding, column: int
) -> None:
    async with memory_editor(able(versions=versions, annotates=annotates), encoding) as editor:
        path = editor.open(file)
        assert await applying(editor).apply(step(edit(editor, path))) is None
        assert editor.text(path) == WANTED
    assert read(file) == TEXT
    (params,) = sent(editor)
    assert params["label"] == "A step"
    if not versions:
        (edits,) = params["edit"]["changes"].values()
        assert "documentChanges" not in params["edit"]
    else:
        (change,) = params["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": file.as_uri(), "version": 1}
        edits = change["edits"]
        assert ("changeAnnotations" in params["edit"]) is annotates
        for each in edits:
            used = each.get("annotationId")
            assert (used in params["edit"].get("changeAnnotations", {})) is annotates
    assert [each["newText"] for each in edits] == ["1", "2"]
    assert edits[0]["range"]["start"] == {"line": 0, "character": column}


async def test_an_edit_of_another_version_or_text_is_not_sent(file: Path) -> None:
    async with memory_editor(able()) as editor:
        path = editor.open(file)
        old = edit(editor, path)
        editor.type(path, TEXT + "three = 3\n")
        assert await applying(editor).apply(step(old)) == "The text has changed meanwhile."
        closed = FileEdit(path, old.edits, None, "", TEXT)
        assert await applying(editor).apply(step(closed)) == "The text has changed meanwhile."
    assert sent(editor) == []


async def refuses(editor: MemoryEditor, params: Json) -> Any:
    del editor, params
    return {"applied": False, "failureReason": "It is busy."}


async def refuses_without_a_reason(editor: MemoryEditor, params: Json) -> Any:
    del editor, params
    return {"applied": False}


async def lies(editor: MemoryEditor, params: Json) -> Any:
    """As Neovim does with an edit of another version."""
    del editor, params
    return {"applied": True}


async def answers_nonsense(editor: MemoryEditor, params: Json) -> Any:
    del editor, params
    return {"applied": "perhaps", "else": [1]}


async def answers_null(editor: MemoryEditor, params: Json) -> Any:
    del editor, params


async def errs(editor: MemoryEditor, params: Json) -> Any:
    del editor, params
    return {"error": {"code": -32603, "message": "crashed"}}


async def is_silent(editor: MemoryEditor, params: Json) -> Any:
    del editor, params
    await anyio.sleep_forever()


NOT_SAID = "The editor did not say that it made the change; it still may. Read it again."


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (refuses, "It is busy."),
        (refuses_without_a_reason, "The editor refused the change."),
        (lies, "The editor says that it made the change, but it has not."),
        (answers_nonsense, "The editor says that it made the change, but it has not."),
        (answers_null, NOT_SAID),
        (errs, NOT_SAID),
        (is_silent, NOT_SAID),
    ],
)
async def test_what_the_client_does_not_do_is_told_and_leaves_all_as_it_was(
    file: Path, answers: Any, problem: str
) -> None:
    other = file.with_name("b.py")
    other.write_text("closed = 1\n")
    async with memory_editor(able()) as editor:
        path = editor.open(file)
        editor.answering = lambda _, params: answers(editor, params)
        change = step(edit(editor, str(other), "closed = 2\n"), edit(editor, path))
        assert await applying(editor).apply(change) == problem
        assert editor.text(path) == TEXT
    assert other.read_text() == "closed = 1\n"


async def test_a_text_that_comes_after_the_answer_is_waited_for(file: Path) -> None:
    patient = Patience(answer=10, arrival=10)
    async with memory_editor(able()) as editor, anyio.create_task_group() as tasks:
        path = editor.open(file)
        editor.told_late = True

        async def answers(method: str, params: Json) -> Any:
            tasks.start_soon(tell)
            return await editor.apply(params)

        async def tell() -> None:
            await anyio.lowlevel.checkpoint()
            editor.tell()

        editor.answering = answers
        assert await applying(editor, patient).apply(step(edit(editor, path))) is None
        document = editor.documents.document(path)
        assert document is not None
        assert (document.text, document.version) == (WANTED, 2)


async def test_an_edit_that_is_made_and_never_answered_counts_as_made(file: Path) -> None:
    async with memory_editor(able()) as editor:
        path = editor.open(file)

        async def answers(method: str, params: Json) -> Any:
            await editor.apply(params)
            await anyio.sleep_forever()

        editor.answering = answers
        assert await applying(editor).apply(step(edit(editor, path))) is None
    assert editor.text(path) == WANTED


@pytest.mark.parametrize("first", [True, False], ids=["before_the_edit", "after_it"])
async def test_what_the_user_types_meanwhile_is_not_taken_for_the_edit(
    file: Path, first: bool
) -> None:
    """A client that says that it made an edit which it left out for its version, as Neovim does."""
    typed = "typed = 0\n"
    async with memory_editor(able()) as editor:
        path = editor.open(file)

        async def answers(method: str, params: Json) -> Any:
            editor.told_late = True  # both come in one change
            if not first:
                await editor.apply(params)
            editor.type(path, editor.text(path) + typed)
            editor.tell()
            return {"applied": True}

        editor.answering = answers
        problem = await applying(editor).apply(step(edit(editor, path)))
    lied = "The editor says that it made the change, but it has not."
    assert problem == (lied if first else None)
    assert editor.text(path) == (TEXT if first else WANTED) + typed


async def test_what_was_done_of_a_step_that_is_then_refused_is_taken_back(file: Path) -> None:
    other = file.with_name("b.py")
    other.write_text(TEXT)
    third = file.with_name("c.py")
    third.write_text("closed = 1\n")
    async with memory_editor(able()) as editor:
        paths = [editor.open(file), editor.open(other)]
        halves = [1, None]

        async def answers(method: str, params: Json) -> Any:
            return await editor.apply(params, only=halves.pop(0))

        editor.answering = answers
        change = step(*(edit(editor, each) for each in paths), edit(editor, str(third), "x = 1\n"))
        assert await applying(editor).apply(change) == "no more"
        assert [editor.text(each) for each in paths] == [TEXT, TEXT]
    assert third.read_text() == "closed = 1\n"
    assert [each["label"] for each in sent(editor)] == ["A step", "Undo: A step"]


async def test_a_client_that_cannot_edit_keeps_what_is_not_saved(file: Path) -> None:
    other = file.with_name("b.py")
    other.write_text(TEXT)
    async with memory_editor(able(applies=False)) as editor:
        typed, saved = editor.open(file, TEXT + "typed"), editor.open(other)
        problem = await applying(editor).apply(step(edit(editor, typed)))
        assert problem == "The editor does not let a language server edit its buffers."
        assert await applying(editor).apply(step(edit(editor, saved))) is None
    assert (read(file), read(other)) == (TEXT, WANTED)
    assert sent(editor) == []


def operations(folder: Path) -> list[FileOperation]:
    return [
        FileCreation(str(folder / "pack" / "new.py"), "new = 1\n"),
        FileRename(str(folder / "a.py"), str(folder / "moved.py")),
        FileDeletion(str(folder / "b.py")),
    ]


@pytest.mark.parametrize("kinds", [ALL, ()], ids=["by_the_editor", "on_the_disk"])
async def test_files_are_made_moved_and_deleted_by_whom_it_suits(
    file: Path, kinds: Sequence[types.ResourceOperationKind]
) -> None:
    folder = file.parent
    (folder / "b.py").write_text(TEXT)
    async with memory_editor(able(operations=kinds, annotates=True)) as editor:
        for each in operations(folder):
            assert await applying(editor).apply(step(each)) is None
    assert (folder / "pack" / "new.py").read_text() == "new = 1\n"
    assert (folder / "moved.py").read_text() == TEXT
    assert sorted(each.name for each in folder.iterdir()) == ["moved.py", "pack"]
    made = [change for each in sent(editor) for change in each["edit"]["documentChanges"]]
    assert [each["kind"] for each in made] == [str(kind.value) for kind in kinds]
    assert all(each["annotationId"] for each in made)


@pytest.mark.parametrize("number", [1, 2], ids=["rename", "delete"])
async def test_what_the_client_cannot_move_is_not_moved_below_its_buffers(
    file: Path, number: int
) -> None:
    (file.parent / "b.py").write_text(TEXT)
    async with memory_editor(able(versions=False)) as editor:
        editor.open(file)
        editor.open(file.with_name("b.py"))
        problem = await applying(editor).apply(step(operations(file.parent)[number]))
    assert problem is not None
    assert "is open, and the editor does not let a language server move" in problem
    assert sorted(each.name for each in file.parent.iterdir()) == ["a.py", "b.py"]


async def test_a_client_that_says_it_moved_a_file_and_has_not_is_not_believed(file: Path) -> None:
    async with memory_editor(able()) as editor:
        editor.answering = lambda _, params: lies(editor, params)
        problem = await applying(editor).apply(step(operations(file.parent)[1]))
    assert problem == "The editor says that it made the change, but it has not."


@pytest.mark.parametrize(
    ("saves", "answer", "saved"),
    [
        (True, {"saved": True}, True),
        (True, {"saved": False}, False),
        (True, {"saved": "yes?"}, False),
        (True, None, False),
        (False, {"saved": True}, False),
    ],
)
async def test_saving_is_asked_of_clients_that_have_declared_it(
    file: Path, saves: bool, answer: Any, saved: bool
) -> None:
    async with memory_editor(able(saves=saves)) as editor:
        path = editor.open(file)

        async def answers(method: str, params: Json) -> Any:
            return answer

        editor.answering = answers
        assert await applying(editor).save(path) is saved
    expected = [{"uri": file.as_uri(), "version": 1}] if saves else []
    assert editor.requests(names.SAVE_DOCUMENT) == expected
