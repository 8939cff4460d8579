"""Positions in text, in all three encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.text import (
    LineIndex,
    Position,
    PositionEncoding,
    Range,
    TextEdit,
    apply_text_edits,
    column_to_units,
    minimal_edit,
    units_to_column,
    with_line_ends_of,
)

TEXTS = st.text(st.sampled_from("ab \t\n\r\v\x85\u2028é漢😀\u0301"), max_size=60)
ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@given(TEXTS)
def test_every_offset_comes_back_from_its_position(text: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        inside_line_end = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        expected = offset - 1 if inside_line_end else offset
        assert index.offset(index.position(offset)) == expected


@given(TEXTS)
def test_lines_end_where_lsp_says_and_nowhere_else(text: str) -> None:
    index = LineIndex(text)
    lines = [index.line(number) for number in range(len(index))]
    assert lines == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(st.text(st.sampled_from("aé漢😀\u0301"), max_size=20))
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_columns_count_code_units_as_the_codec_does(encoding: PositionEncoding, line: str) -> None:
    codec, width = CODECS[encoding]
    for column in range(len(line) + 1):
        units = column_to_units(line, column, encoding)
        assert units == len(line[:column].encode(codec)) // width
        assert units_to_column(line, units, encoding) == column


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_unit_outside_the_line_means_its_nearest_end(encoding: PositionEncoding) -> None:
    assert units_to_column("a😀", 99, encoding) == 2
    assert units_to_column("a😀", -1, encoding) == 0


def test_a_unit_inside_a_character_means_its_start() -> None:
    assert units_to_column("😀b", 1, "utf-16") == 0
    assert units_to_column("😀b", 3, "utf-8") == 0


def test_positions_outside_the_text_are_moved_to_its_ends() -> None:
    index = LineIndex("one\r\ntwo")
    assert index.offset(Position(0, 99)) == 3
    assert index.offset(Position(99, 0)) == 8
    assert index.offset(Position(-1, 5)) == 0
    assert index.position(99) == Position(1, 3)


def test_a_range_gives_its_text_and_the_lines_around_it() -> None:
    index = LineIndex("a\nb\nc\nd\ne")
    range_ = Range(Position(2, 0), Position(3, 1))
    assert index.slice(range_) == "c\nd"
    assert index.lines_around(range_, 1) == (1, ["b", "c", "d", "e"])


@given(TEXTS, st.data())
def test_the_smallest_edit_does_what_the_whole_one_would(text: str, data: st.DataObject) -> None:
    index = LineIndex(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(TEXTS)
    edit = minimal_edit(index, index.range_between(start, end), new)
    first, last = index.offset(index.position(start)), index.offset(index.position(end))
    assert apply_text_edits(text, [edit]) == text[:first] + new + text[last:]


def test_the_smallest_edit_leaves_common_ends_alone() -> None:
    index = LineIndex("return total / len(values)")
    edit = minimal_edit(index, index.range_between(0, 26), "return total // len(values)")
    assert (edit.range, edit.new_text) == (Range(Position(0, 14), Position(0, 14)), "/")


def test_edits_are_all_counted_in_the_text_as_given() -> None:
    edits = [
        TextEdit(Range(Position(0, 0), Position(0, 1)), "one"),
        TextEdit(Range(Position(1, 0), Position(1, 1)), ""),
    ]
    assert apply_text_edits("a\nb\nc", edits) == "one\n\nc"


def test_line_ends_are_those_of_the_text() -> None:
    assert with_line_ends_of("a\r\nb\n", "x\ny\r") == "x\r\ny\r\n"
    assert with_line_ends_of("a", "x\ny") == "x\ny"
