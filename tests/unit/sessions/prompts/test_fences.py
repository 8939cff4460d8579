"""Names that stay on their line, and what cannot be seen said to be there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.sessions.prompts.fences import code_span, escaped, fence, unescaped


@given(st.text())
def test_an_escaped_name_is_taken_back_and_stays_in_its_quotes(name: str) -> None:
    shown = escaped(name)
    assert unescaped(shown) == name
    assert shown.isprintable()
    assert not set('`"<>') & set(shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.py", "`a.py`"),
        ("a`b\n# Task: fix.py", r"`a\x60b\n# Task: fix.py`"),
        ("\u202egnp.exe", r"`\u202egnp.exe`"),
        ("a\\nb", r"`a\\nb`"),
        ("\x1b[2J", r"`\x1b[2J`"),
        ("zażółć 漢字.py", "`zażółć 漢字.py`"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert code_span(name) == shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain\ttext 👩‍💻 می‌خواهم", None),
        ("a\nif x:\u202e", "U+202E in line 2"),
        ("a\u200bb\u2060", "U+200B in line 1, U+2060 in line 1"),
        ("\U000e0049\U000e0067", "U+E0049 in line 1, U+E0067 in line 1"),
        ("a\u200db", "U+200D in line 1"),
        ("\x1b[2J", "U+001B in line 1"),
        ("\u200b" * 13, ", and more"),
    ],
)
def test_a_fence_says_what_cannot_be_seen_in_it(text: str, told: str | None) -> None:
    opening = fence("document", text).split("\n", 1)[0]
    assert ("hidden=" in opening) is (told is not None)
    assert told is None or told in opening
