"""Where a quote stands in a text.

A quote is looked for as it is, then with any line ends, then with any white space where it has
white space, then with none counted at all: models mend indentation and line ends without being
asked. The first of these that finds it wins. One that is absent, or there several times with
nothing to tell which is meant, is an `AnchorError` that says what would help.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from os.path import commonprefix

from claude_sidecar.errors import AnchorError
from claude_sidecar.text import LineIndex, Range

_NUMBERED = re.compile(r"^ *\d+\t")
_CANDIDATES = 24
_SIMILAR = 0.5
_LISTED_LINES = 12


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quote was found; `quote` is the text there, which may differ in white space."""

    range: Range
    quote: str


def locate(index: LineIndex, quote: str, line: int | None = None) -> Located:
    """Find a quote in a text.

    :param quote: one or more lines, or a part of one.
    :param line: about where it is (from 0); decides between several places.
    :raises AnchorError: if it is not there, or several times and `line` is not given.
    """
    quote = _without_line_numbers(quote).strip("\r\n")
    if not quote.strip():
        raise AnchorError("`quote` is empty: give the exact text of the lines it is about.")
    for spans in _searches(index.text, quote):
        found = list(spans)
        if found:
            start, end = _chosen(index, found, line)
            return Located(index.range_between(start, end), index.text[start:end])
    raise AnchorError(_absent(index, quote))


def without_indent(
    index: LineIndex, located: Located, replacement: str | None
) -> tuple[Located, str | None]:
    """Leave out the indentation that a quote begins with, so that what is marked is what is meant.

    Of a replacement the same is left out; what it indents differently stays in both.
    """
    indent = located.quote[: len(located.quote) - len(located.quote.lstrip())]
    if replacement is not None:
        indent = commonprefix([indent, replacement])  # noqa: RUF071 - characters are meant
        replacement = replacement[len(indent) :]
    start = index.offset(located.range.start) + len(indent)
    range_ = index.range_between(start, index.offset(located.range.end))
    return Located(range_, located.quote[len(indent) :]), replacement


def occurrences(text: str, quote: str) -> list[tuple[int, int]]:
    """Where a quote stands in a text, as offsets: as it is, else with other white space."""
    for pattern in _patterns(quote):
        found = list(_matches(pattern, text))
        if found:
            return found
    return []


def _searches(text: str, quote: str) -> Iterator[Iterable[tuple[int, int]]]:
    for pattern in _patterns(quote):
        yield _matches(pattern, text)
    yield _without_white_space(text, quote)


def _patterns(quote: str) -> Iterator[str]:
    """As it is; with any line ends; with any white space where it has white space."""
    yield re.escape(quote)
    yield r"(?:\r\n|\n|\r)".join(map(re.escape, re.split(r"\r\n|\n|\r", quote)))
    if quote.strip():
        yield r"\s+".join(map(re.escape, quote.split()))


def _matches(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(pattern, text))


def _without_white_space(text: str, quote: str) -> Iterator[tuple[int, int]]:
    offsets = [offset for offset, character in enumerate(text) if not character.isspace()]
    packed = "".join(text.split())
    needle = "".join(quote.split())
    at = packed.find(needle)
    while at >= 0:
        yield offsets[at], offsets[at + len(needle) - 1] + 1
        at = packed.find(needle, at + len(needle))


def _chosen(index: LineIndex, spans: list[tuple[int, int]], line: int | None) -> tuple[int, int]:
    if len(spans) == 1:
        return spans[0]
    lines = [index.position(start).line for start, _ in spans]
    if line is None:
        listed = ", ".join(str(number + 1) for number in lines[:_LISTED_LINES])
        more = " and more" if len(lines) > _LISTED_LINES else ""
        raise AnchorError(
            f"The quote is there {len(spans)} times, on lines {listed}{more}. "
            "Give `line`, or quote more of the lines around it."
        )
    nearest = min(range(len(spans)), key=lambda number: abs(lines[number] - line))
    return spans[nearest]


def _without_line_numbers(quote: str) -> str:
    """Models copy the numbers too when lines are shown with them."""
    lines = quote.split("\n")
    if all(_NUMBERED.match(line) for line in lines if line.strip()):
        return "\n".join(_NUMBERED.sub("", line) for line in lines)
    return quote


def _absent(index: LineIndex, quote: str) -> str:
    message = "The quote is not in the file as it is now."
    nearest = _nearest(index, quote)
    if nearest is None:
        return f"{message} Read the file again (read_buffer) and quote it exactly."
    number, text = nearest
    return f"{message} The nearest text is on line {number + 1}:\n{text}\nQuote it exactly."


def _nearest(index: LineIndex, quote: str) -> tuple[int, str] | None:
    """The lines most like the quote: first by shared words, which is fast, then in earnest."""
    wanted = [line for line in quote.split("\n") if line.strip()]
    words = set(re.findall(r"\w+", wanted[0]))
    shared = [
        (len(words & set(re.findall(r"\w+", index.line(number)))), -number)
        for number in range(len(index))
    ]
    best: tuple[float, int, str] | None = None
    for _, negative in sorted(shared, reverse=True)[:_CANDIDATES]:
        window = "\n".join(index.line(-negative + more) for more in range(len(wanted))).rstrip("\n")
        ratio = SequenceMatcher(None, "\n".join(wanted), window).ratio()
        if best is None or ratio > best[0]:
            best = (ratio, -negative, window)
    if best is None or best[0] < _SIMILAR:
        return None
    return best[1], best[2]
