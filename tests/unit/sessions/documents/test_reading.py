"""What can be worked on as text, and what is refused in which words."""

import os
from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.sessions.documents.disk import DiskEditor
from claude_sidecar.sessions.documents.reading import (
    READ_LIMIT,
    REVIEW_LIMIT,
    Documents,
    document_hash,
    read_from_disk,
)
from claude_sidecar.sessions.ports import Document
from claude_sidecar.text import Position, Range

DISK = Documents(DiskEditor())


class OpenBuffers(DiskEditor):
    """An editor that has one file open."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def document(self, path: str) -> Document | None:
        return self._document if path == self._document.path else None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"\x7fELF\0\0\0", "is a binary file", id="binary"),
        pytest.param(b"ok\n\xe9t\xe9", r"is not UTF-8 \(byte 3 is 0xe9\)", id="latin-1"),
        pytest.param("x".encode("utf-16"), "UTF-16", id="utf-16"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "odd.py"
    file.write_bytes(data)
    with pytest.raises(UnusableDocument, match=says) as caught:
        read_from_disk(str(file))
    assert str(file) in str(caught.value)


def test_a_file_that_is_missing_or_a_folder_or_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(UnusableDocument, match="does not exist"):
        read_from_disk(str(tmp_path / "gone.py"))
    with pytest.raises(UnusableDocument, match="is a folder"):
        read_from_disk(str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnusableDocument, match="not a regular file"):
        read_from_disk(str(tmp_path / "pipe"))


def test_a_file_of_50_mb_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.log"
    with file.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    with pytest.raises(UnusableDocument, match=r"too large \(50.0 MB, the limit is 16.0 MB\)"):
        read_from_disk(str(file))
    assert file.stat().st_size > READ_LIMIT


def test_line_ends_stay_and_a_byte_order_mark_goes(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_from_disk(str(file)).text == "a\r\nb\rc\n"


def test_the_buffer_goes_before_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("saved")
    buffer = Document(str(file), "unsaved", version=3, dirty=True)
    assert Documents(OpenBuffers(buffer)).read(str(file)) == buffer


def test_a_long_file_is_reviewed_by_selection_only(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("x = 1\n" * (REVIEW_LIMIT // 6 + 1))
    with pytest.raises(UnusableDocument, match="Review a selection"):
        DISK.read_for_review(str(file), None)
    selection = Range(Position(5, 0), Position(9, 0))
    assert DISK.read_for_review(str(file), selection).path == str(file)


def test_a_selection_can_be_too_long_as_well(tmp_path: Path) -> None:
    file = tmp_path / "one-line.js"
    file.write_text("x=1;" * (REVIEW_LIMIT // 4 + 1))
    with pytest.raises(InvalidRequest, match=r"selects 512 kB of .*one-line\.js") as caught:
        DISK.read_for_review(str(file), Range(Position(0, 0), Position(0, REVIEW_LIMIT + 1)))
    assert caught.value.field == "range"


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [((5, 0), (6, 0), "starts at line 6, but .* has 2"), ((1, 3), (0, 0), "ends before")],
)
def test_ranges_that_are_not_in_the_text(
    tmp_path: Path, start: tuple[int, int], end: tuple[int, int], says: str
) -> None:
    file = tmp_path / "a.py"
    file.write_text("a\nb")
    with pytest.raises(InvalidRequest, match=says) as caught:
        DISK.read_for_review(str(file), Range(Position(*start), Position(*end)))
    assert caught.value.field == "range"


def test_equal_text_in_two_files_is_not_the_same_document() -> None:
    assert document_hash(Document("/a", "x")) != document_hash(Document("/b", "x"))
    assert document_hash(Document("/a", "x", 1)) == document_hash(Document("/a", "x", 2))
