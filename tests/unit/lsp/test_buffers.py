"""An open document says what the editor shows, after any edits, in any encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from claude_sidecar.findings.tracker import Edit
from claude_sidecar.lsp.buffers import Buffer, to_units
from claude_sidecar.text import (
    LineIndex,
    Position,
    PositionEncoding,
    Range,
    TextEdit,
    apply_text_edits,
)

TEXTS = st.text(alphabet="ab\r\n\N{LINE SEPARATOR}\x0cé\N{GRINNING FACE}", max_size=20)
ENCODINGS: list[PositionEncoding] = ["utf-8", "utf-16", "utf-32"]


def buffer_of(text: str, encoding: PositionEncoding = "utf-16") -> Buffer:
    item = types.TextDocumentItem("file:///a", "text", 1, text)
    return Buffer("/a", item, encoding)


def edit(
    start: types.Position, end: types.Position, text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(range=types.Range(start, end), text=text)


def assert_describes(edit: Edit, before: LineIndex, after: str) -> None:
    """The edit makes one text of the other, and ends where it says."""
    assert before.slice(edit.range) == edit.old_text
    assert apply_text_edits(before.text, [TextEdit(edit.range, edit.new_text)]) == after
    end = before.offset(edit.range.start) + len(edit.new_text)
    assert LineIndex(after).position(end) == edit.new_end


@given(
    text=TEXTS,
    edits=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), TEXTS), max_size=5),
    encoding=st.sampled_from(ENCODINGS),
)
def test_edits_do_to_it_what_they_do_to_a_string(
    text: str, edits: list[tuple[int, int, str]], encoding: PositionEncoding
) -> None:
    buffer = buffer_of(text, encoding)
    for one, other, new in edits:
        index = LineIndex(text)
        # Between the two characters of a line end there is no position.
        ends = sorted(index.offset(index.position(offset)) for offset in (one, other))
        positions = [index.position(offset) for offset in ends]
        start, end = (to_units(index.line(each.line), each, encoding) for each in positions)
        made = buffer.change(edit(start, end, new))
        assert_describes(made, index, text := text[: ends[0]] + new + text[ends[1] :])
        assert buffer.text == text
        index = LineIndex(text)
        lines = [buffer.line(number) for number in range(len(index) + 1)]
        assert lines == [index.line(number) for number in range(len(index) + 1)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (types.Position(0, 99), types.Position(0, 99), "one!\ntwo"),
        (types.Position(9, 9), types.Position(9, 9), "one\ntwo!"),
        (types.Position(1, 2), types.Position(0, 1), "o!o"),
    ],
    ids=["past the line", "past the end", "end before start"],
)
def test_positions_outside_the_text_are_moved_into_it(
    start: types.Position, end: types.Position, expected: str
) -> None:
    buffer = buffer_of("one\ntwo")
    buffer.change(edit(start, end, "!"))
    assert buffer.text == expected


@given(old=TEXTS, new=TEXTS)
def test_a_whole_document_replaces_the_old(old: str, new: str) -> None:
    buffer = buffer_of(old)
    made = buffer.change(types.TextDocumentContentChangeWholeDocument(new))
    assert (buffer.text, buffer.dirty) == (new, True)
    assert_describes(made, LineIndex(old), new)


def test_of_a_whole_document_only_what_is_other_counts_as_changed() -> None:
    buffer = buffer_of("one\ntwo\nthree\n")
    made = buffer.change(types.TextDocumentContentChangeWholeDocument("one\nTwo\nthree\n"))
    assert made == Edit(Range(Position(1, 0), Position(1, 1)), "t", "T")


def test_columns_are_written_in_the_clients_units() -> None:
    line = "é\N{GRINNING FACE}x"
    columns = [to_units(line, Position(0, 2), encoding).character for encoding in ENCODINGS]
    assert columns == [6, 3, 2]
