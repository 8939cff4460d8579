"""Nothing that comes from elsewhere is obeyed by the terminal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.visible import one_line, visible, visible_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("a\r\nb\tc\n", "a\nb\tc\n"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("zażółć 漢字 👩‍💻", "zażółć 漢字 👩‍💻"),
    ],
    ids=["csi", "title", "c1", "return", "line ends", "direction", "ordinary"],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    left = {character for character in visible(text) if ord(character) < 0x20} - {"\n", "\t"}
    assert not left
    assert not any(0x7F <= ord(character) < 0xA0 for character in visible(text))


@given(st.text())
def test_json_keeps_its_meaning(text: str) -> None:
    document = visible_json(json.dumps({"text": text}, ensure_ascii=False))

    assert json.loads(document) == {"text": text}
    assert visible(document) == document


def test_one_line_is_one_line_and_not_too_long() -> None:
    assert one_line("two\nlines  and\x1b more") == "two lines and\\x1b more"
    assert one_line("x" * 300, 10) == "x" * 9 + "…"
