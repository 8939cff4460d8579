"""A reply is shown as it streams, however it is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.terminal.reply import ReplyWriter, styled
from support.terminal import readable_screen

REPLY = """\
# What it is

The **default** is `shared` by all of them, and whoever reads this line sees it wrapped at a blank.

- one `item` that is so long that it goes on in the next line, where it stands under its own text

```python
def f(**kwargs):
    return `1`
```
Done.
"""
SHOWN = """\
What it is

The default is shared by all of them, and whoever reads this line sees it
wrapped at a blank.

- one item that is so long that it goes on in the next line, where it stands
  under its own text

```python
def f(**kwargs):
    return `1`
```
Done.
"""


def _written(pieces: list[str], *, terminal: bool = True) -> str:
    screen = readable_screen(terminal=terminal)
    writer = ReplyWriter(screen.screen.out)
    for piece in pieces:
        writer.write(piece)
    writer.finish()
    return "".join(f"{line.rstrip()}\n" for line in screen.answer.splitlines())


@given(st.lists(st.integers(0, len(REPLY)), max_size=30))
def test_a_reply_looks_the_same_however_it_comes(cuts: list[int]) -> None:
    places = sorted({0, *cuts, len(REPLY)})
    pieces = [REPLY[start:end] for start, end in pairwise(places)]

    assert _written(pieces) == SHOWN


@pytest.mark.parametrize("terminal", [True, False])
def test_a_reply_ends_with_one_line_end(terminal: bool) -> None:
    assert _written(["Fine", ".\n", "\n\n"], terminal=terminal) == "Fine.\n"


def test_in_a_pipe_the_markdown_is_passed_on_and_harmless() -> None:
    assert _written(["**a** `b`\x1b[1m\r", "\nc"], terminal=False) == "**a** `b`\\x1b[1m\nc\n"


def test_escapes_in_a_reply_are_shown() -> None:
    assert _written(["a \x1b[2J\x07b"]) == "a \\x1b[2J\\x07b\n"


def test_a_held_word_is_shown_when_nothing_more_comes() -> None:
    screen = readable_screen(terminal=True)
    writer = ReplyWriter(screen.screen.out)

    writer.write("I'll look at the file.")
    writer.settle()
    assert screen.answer == "I'll look at the file."

    writer.write(" Then more.")
    writer.finish()
    assert screen.answer == "I'll look at the file. Then more.\n"


def test_what_may_become_a_mark_stays_held() -> None:
    screen = readable_screen(terminal=True)
    writer = ReplyWriter(screen.screen.out)

    writer.write("##")
    writer.settle()
    assert screen.answer == ""

    writer.write(" Heading\n")
    writer.finish()
    assert screen.answer == "Heading\n"


def test_short_markdown_is_styled() -> None:
    text = styled("A **bold** `code` \x1b[0m word")

    assert text.plain == "A bold code \\x1b[0m word"
    assert [str(span.style) for span in text.spans if span.style] == ["bold", "cyan"]
