"""Questions in comments are found in every comment syntax, with the code around them."""

from __future__ import annotations

import pytest

from claude_sidecar.lsp.actions.comments import CommentQuestion, question_at
from claude_sidecar.text import LineIndex, Position, Range


def asked(text: str, number: int = 0) -> CommentQuestion | None:
    index = LineIndex(text)
    return question_at(number, index.line, len(index))


@pytest.mark.parametrize(
    "line",
    [
        "# claude: why a copy?",
        "x = list(y)  # Claude: why a copy?",
        "    // claude: why a copy?",
        "/// CLAUDE: why a copy?",
        "/* claude: why a copy? */",
        " * claude: why a copy?",
        "-- claude: why a copy?",
        ";; claude, why a copy?",
        "<!-- claude: why a copy? -->",
        "<!-- @claude: why a copy?-->",
        "% claude: why a copy?",
        "(* claude: why a copy? *)",
        "{- claude: why a copy? -}",
        "' claude: why a copy?",
    ],
)
def test_the_question_is_what_follows_the_name(line: str) -> None:
    found = asked(line)
    assert found is not None
    assert found.text == "why a copy?"


@pytest.mark.parametrize(
    "line",
    ["", "claude: why?", "# claude is a name", "# claude:", "print('see claude: here')", "# why?"],
)
def test_what_is_no_question_is_left_alone(line: str) -> None:
    assert asked(line) is None


def test_a_question_goes_on_until_its_sentence_ends() -> None:
    text = "# claude: why is this\n# a copy, and not\n# a view?\n# Unrelated.\nx = y[:]\n"
    found = asked(text)
    assert found is not None
    assert found.text == "why is this a copy, and not a view?"


@pytest.mark.parametrize(
    ("text", "number", "first", "last"),
    [
        ("a = 1\n\ndef f():\n    # claude: why?\n    return a\n\nb = 2\n", 3, 2, 4),
        ("a = 1\n\n# claude: why?\n\ndef f():\n    return a\n\nb = 2\n", 2, 2, 5),
        ("# claude: why?", 0, 0, 0),
    ],
    ids=["in its block", "before a block", "alone"],
)
def test_it_is_about_the_code_around_it(text: str, number: int, first: int, last: int) -> None:
    found = asked(text, number)
    assert found is not None
    end = len(LineIndex(text).line(last))
    assert found.range == Range(Position(first, 0), Position(last, end))
