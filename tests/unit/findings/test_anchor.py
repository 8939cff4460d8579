"""Quotes are found where they stand, and what cannot be found says what would help."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from claude_sidecar.errors import AnchorError
from claude_sidecar.findings.anchor import locate, without_indent
from claude_sidecar.text import LineIndex, Position, Range

CODE = "def mean(values):\n\ttotal = sum(values)\n\treturn total / len(values)\n"


def test_the_exact_quote() -> None:
    found = locate(LineIndex(CODE), "total / len(values)")
    assert found.range == Range(Position(2, 8), Position(2, 27))
    assert found.quote == "total / len(values)"


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        pytest.param("a\r\nb\r\nc", "a\nb", "a\r\nb", id="line ends of the file differ"),
        pytest.param("a\nb\nc", "a\r\nb", "a\nb", id="line ends of the quote differ"),
        pytest.param(
            "\tif x:\n\t\tgo()\n", "    if x:\n        go()", "if x:\n\t\tgo()", id="tabs"
        ),
        pytest.param("f(a, b)", "f( a,b )", "f(a, b)", id="white space where there is none"),
        pytest.param("x = 1\ny = 2\n", "1\tx = 1\n2\ty = 2", "x = 1\ny = 2", id="line numbers"),
        pytest.param("x = '😀é' # e\u0301", "'😀é'", "'😀é'", id="beyond the basic plane"),
        pytest.param("x = 1\n", "\nx = 1\n\n", "x = 1", id="line ends around it"),
    ],
)
def test_quotes_that_differ_in_white_space_only(text: str, quote: str, found: str) -> None:
    located = locate(LineIndex(text), quote)
    assert located.quote == found
    assert LineIndex(text).slice(located.range) == found


def test_the_line_decides_between_several_places() -> None:
    index = LineIndex("pass\nx\npass\ny\npass\n")
    assert locate(index, "pass", 0).range.start.line == 0
    assert locate(index, "pass", 3).range.start.line in {2, 4}
    assert locate(index, "pass", 99).range.start.line == 4


def test_several_places_without_a_line_are_named() -> None:
    with pytest.raises(AnchorError, match=r"3 times, on lines 1, 3, 5\. Give `line`"):
        locate(LineIndex("pass\nx\npass\ny\npass\n"), "pass")


def test_a_quote_that_is_absent_is_told_the_nearest_text() -> None:
    with pytest.raises(AnchorError, match=r"nearest text is on line 3:\n\treturn total / len"):
        locate(LineIndex(CODE), "return total / length(values)")


def test_a_quote_that_is_nowhere_near() -> None:
    with pytest.raises(AnchorError, match="read_buffer"):
        locate(LineIndex(CODE), "SELECT 1 FROM dual")


@pytest.mark.parametrize("quote", ["", " \n", "\r\n"])
def test_an_empty_quote(quote: str) -> None:
    with pytest.raises(AnchorError, match="`quote` is empty"):
        locate(LineIndex(CODE), quote)


@given(st.text(st.sampled_from("ab \n\r\t().é😀"), max_size=80), st.data())
def test_what_was_taken_from_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    stripped = quote.strip("\r\n")
    assume(stripped.strip())
    index = LineIndex(text)
    found = locate(index, quote, index.position(text.index(stripped)).line)
    assert found.quote == stripped


@pytest.mark.parametrize(
    ("quote", "replacement", "marked", "left"),
    [
        ("\treturn total", None, "return total", None),
        ("\treturn total", "\treturn 0", "return total", "return 0"),
        ("\treturn total", "return 0", "\treturn total", "return 0"),
        ("return total", "  return 0", "return total", "  return 0"),
    ],
)
def test_the_indentation_of_a_quote_is_not_marked(
    quote: str, replacement: str | None, marked: str, left: str | None
) -> None:
    index = LineIndex(CODE)
    located, rest = without_indent(index, locate(index, quote), replacement)
    assert (located.quote, rest) == (marked, left)
    assert index.slice(located.range) == marked
