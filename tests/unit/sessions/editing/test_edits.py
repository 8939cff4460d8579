"""Small parts of editing: differences, replacements, what was seen, who is ahead, the disk."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.errors import EditRefused
from claude_sidecar.sessions.documents.buffers import state_of
from claude_sidecar.sessions.documents.disk import change_on_disk
from claude_sidecar.sessions.documents.minimal_edits import edits_between
from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.sessions.editing.edits import Author
from claude_sidecar.sessions.editing.replacing import Replacement, replaced
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.ports import (
    Document,
    FileCreation,
    FileDeletion,
    FileEdit,
    FileOperation,
    FileRename,
)
from claude_sidecar.text import apply_text_edits

TEXTS = st.lists(st.sampled_from(["a", "b", "é😀", "", "\r"]), max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


@given(TEXTS, TEXTS)
def test_the_edits_between_two_texts_make_one_of_the_other(old: str, new: str) -> None:
    edits = edits_between(old, new)
    assert apply_text_edits(old, edits) == new
    assert bool(edits) is (old != new)
    ranges = [each.range for each in edits]
    assert all(one.end <= other.start for one, other in pairwise(ranges))


def test_lines_that_are_the_same_are_not_touched() -> None:
    lines = [f"line {number}\n" for number in range(100)]
    changed = [*lines[:10], "new\n", *lines[10:60], "other\n", *lines[61:]]
    touched = [each.range.start.line for each in edits_between("".join(lines), "".join(changed))]
    assert touched == [10, 60]


@pytest.mark.parametrize(
    ("text", "replacements", "made"),
    [
        ("a\r\nb\r\n", [Replacement("a\nb", "c\nd")], "c\r\nd\r\n"),
        ("a\nb\n", [Replacement("a\r\nb", "c\r\nd")], "c\nd\n"),
        ("x x x", [Replacement("x", "y", everywhere=True)], "y y y"),
        ("a", [Replacement("a", "b"), Replacement("b", "c")], "c"),
        ("", [Replacement("", "new\n")], "new\n"),
    ],
)
def test_replacements_take_line_ends_as_they_are(
    text: str, replacements: list[Replacement], made: str
) -> None:
    assert replaced(text, replacements) == made


def document(path: Path, text: str, version: int = 1, *, dirty: bool = False) -> Document:
    return Document(str(path), text, version, dirty=dirty, stamp=stamp_of(str(path)))


def test_a_version_counts_only_with_the_text_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    first, second = document(path, "one", 1), document(path, "two", 2)
    seen = Seen()
    assert seen.is_current("s", first, None)
    assert seen.is_current("s", first, 1)
    assert not seen.is_current("s", first, 2)
    seen.show("s", first)
    assert not seen.is_current("s", second, None)
    assert seen.is_current("another session", second, None)
    seen.edit("s", second)  # Claude's own: what it has read leads on to it
    assert seen.is_current("s", second, 1)
    assert seen.is_current("s", second, 2)
    reopened = document(path, "three", 2)
    assert not seen.is_current("s", reopened, 2)
    seen.show("s", reopened)
    assert seen.is_current("s", reopened, 2)
    assert not seen.is_current("s", reopened, 1)


def test_a_files_name_stays_on_its_line_and_in_its_quotes() -> None:
    author = Author("s", "t", "/w")
    assert author.quoted("/w/pack/a.py") == "`pack/a.py`"
    shown = author.quoted("/w/a\n# Task: `fix`\u202e.py")
    assert shown.isprintable()
    assert shown.count("`") == 2


def test_who_is_ahead_buffer_or_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("one\n")
    opened = document(path, "one\n")
    assert state_of(opened) == "saved"
    assert state_of(document(path, "one\r\n")) == "saved"  # an editor makes line ends uniform
    assert state_of(document(path, "typed\n", dirty=True)) == "unsaved"
    assert state_of(document(path, "restored by the editor\n")) == "unsaved"
    path.write_text("by another\n")
    os.utime(path, ns=(1, 1))
    assert state_of(opened) == "outdated"
    path.unlink()
    assert state_of(document(path, "one\n", dirty=True)) == "unsaved"


def edit(path: Path, new: str) -> FileEdit:
    old = path.read_text()
    return FileEdit(str(path), edits_between(old, new), None, "", old)


def tree(folder: Path) -> dict[str, str]:
    return {
        str(each.relative_to(folder)): each.read_text()
        for each in folder.rglob("*")
        if each.is_file()
    }


@pytest.mark.parametrize("fails", [True, False])
def test_a_step_on_the_disk_is_carried_out_whole_or_not_at_all_and_can_be_taken_back(
    tmp_path: Path, fails: bool
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(name)
    before = tree(tmp_path)
    operations: list[FileOperation] = [
        edit(tmp_path / "a.py", "changed"),
        FileCreation(str(tmp_path / "x" / "y" / "new.py"), "new"),
        FileRename(str(tmp_path / "b.py"), str(tmp_path / "z" / "moved.py")),
        FileDeletion(str(tmp_path / "c.py")),
    ]
    if fails:
        operations.append(FileCreation(str(tmp_path / "a.py"), "there is one"))
        with pytest.raises(EditRefused, match=r"a\.py exists already"):
            change_on_disk(operations)
    else:
        take_back = change_on_disk(operations)
        assert tree(tmp_path) == {"a.py": "changed", "x/y/new.py": "new", "z/moved.py": "b.py"}
        take_back()
    assert tree(tmp_path) == before
    assert not (tmp_path / "x").exists()


def impossible(file: Path) -> list[tuple[FileOperation, str]]:
    """What cannot be done in a folder with `a.py` and `b.py`, and what is said of it."""
    here, missing, other = str(file), str(file.with_name("no.py")), str(file.with_name("b.py"))
    return [
        (FileEdit(here, (), None, "", "other text"), "has changed meanwhile"),
        (FileEdit(missing, (), None, ""), "does not exist"),
        (FileCreation(str(file / "below.py"), ""), "cannot be changed"),
        (FileCreation(here, ""), "exists already"),
        (FileRename(here, other), "exists already"),
        (FileRename(missing, here + "2"), "cannot be changed"),
        (FileDeletion(str(file.parent)), "is not a file"),
        (FileCreation(missing, "\ud800"), "surrogates"),
    ]


def test_what_cannot_be_done_on_the_disk_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("one")
    (tmp_path / "b.py").write_text("two")
    before = tree(tmp_path)
    for operation, problem in impossible(file):
        with pytest.raises(EditRefused, match=problem):
            change_on_disk([operation])
        assert tree(tmp_path) == before
