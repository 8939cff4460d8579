"""Questions that stand in the code: `# claude: why is this a copy?`, in any comment syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from claude_sidecar.text import Position, Range

_QUESTION: Final = re.compile(
    r"(?P<opener>//+|/\*+|<!--|--\[\[|--+|\(\*|\{-|\#+|;+|%+|\"\"\"|'|^\s*\*+)\s*"
    r"@?claude\s*[:,]\s*(?P<text>\S.*?)\s*(?:\*+/|-->|\]\]|\*\)|-\}|\"\"\")?\s*$",
    re.IGNORECASE,
)
_ENDS: Final = (".", "?", "!")
_BLOCK_LINES: Final = 40
"""How far the code around a comment reaches at most, each way."""


@dataclass(frozen=True, slots=True)
class CommentQuestion:
    """What a comment asks, and the code around it, in code points."""

    text: str
    range: Range


def question_at(number: int, line: Callable[[int], str], count: int) -> CommentQuestion | None:
    """The question of the comment in a line, if there is one.

    It goes on in the comment lines that follow, until it ends as a sentence does.

    :param line: any line of the document, by its number.
    :param count: how many there are.
    """
    found = _QUESTION.search(line(number))
    if found is None:
        return None
    opener, text, last = found["opener"].strip(), found["text"], number
    further = re.compile(rf"^\s*{re.escape(opener)}+\s*(?P<text>\S.*?)\s*$")
    while not text.endswith(_ENDS) and last + 1 < count:
        more = further.match(line(last + 1))
        if more is None:
            break
        text, last = f"{text} {more['text']}", last + 1
    first = number
    while first and number - first < _BLOCK_LINES and line(first - 1).strip():
        first -= 1
    below = last + 1
    if first == number and below < count and not line(below).strip():
        below += 1  # a comment that stands alone is about what follows
    while below < count and below - last < _BLOCK_LINES and line(below).strip():
        below += 1
    end = max(below - 1, last)
    return CommentQuestion(text, Range(Position(first, 0), Position(end, len(line(end)))))
