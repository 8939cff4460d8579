"""Whether a finding's text is still there, and where: the decision after an edit has touched it.

In this order: it stands where it was tracked to; it does but for white space; it stands a few lines
away; what stands where it was tracked to is still like it; it stands elsewhere, in its old
surroundings or too long to be there by chance. Else it is lost, until it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from claude_sidecar.findings.anchor import occurrences
from claude_sidecar.findings.model import AnchorState, Context
from claude_sidecar.text import LineIndex, Range

CONTEXT_LINES = 2
_NEAR_LINES = 5
_ALIKE = 0.6
_DISTINCTIVE = 16
"""Characters, white space left out, from which on a quote is not elsewhere by chance."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a finding's text is, and how it was found; `lost` keeps the place it was last at."""

    range: Range
    anchor: AnchorState


def context_of(index: LineIndex, range_: Range) -> Context:
    """The surroundings of a range; blank lines do not count."""
    first, last = range_.start.line, range_.end.line
    before = _lines(index, range(first - 1, -1, -1))
    after = _lines(index, range(last + 1, len(index)))
    return Context(tuple(reversed(before)), tuple(after))


def place(index: LineIndex, quote: str, context: Context, tracked: Range) -> Placed:
    """Decide where a quote is.

    :param tracked: where edits have moved the range that it had.
    """
    text = index.slice(tracked)
    if text == quote:
        return Placed(tracked, "exact")
    if text.strip() and text.split() == quote.split():
        return Placed(tracked, "moved")
    found = [index.range_between(*span) for span in occurrences(index.text, quote)]
    near = [each for each in found if _distance(each, tracked) <= _NEAR_LINES]
    if near:
        return Placed(_best(index, near, context, tracked), "moved")
    if _alike(text, quote):
        return Placed(tracked, "moved")
    if len("".join(quote.split())) < _DISTINCTIVE:
        found = [each for each in found if _shared(context_of(index, each), context)]
    if found:
        return Placed(_best(index, found, context, tracked), "moved")
    return Placed(tracked, "lost")


def _best(index: LineIndex, found: list[Range], context: Context, tracked: Range) -> Range:
    """The one in the most familiar surroundings, of those the nearest."""
    return min(
        found,
        key=lambda each: (-_shared(context_of(index, each), context), _distance(each, tracked)),
    )


def _shared(one: Context, other: Context) -> int:
    """How many of the neighbouring lines, counted from the quote outwards, are the same."""
    before = zip(reversed(one.before), reversed(other.before), strict=False)
    after = zip(one.after, other.after, strict=False)
    return sum(1 for mine, yours in (*before, *after) if mine == yours)


def _distance(one: Range, other: Range) -> int:
    return abs(one.start.line - other.start.line)


def _alike(text: str, quote: str) -> bool:
    if not text.strip() or len(text) > 4 * len(quote):
        return False
    return SequenceMatcher(None, text, quote, autojunk=False).ratio() >= _ALIKE


def _lines(index: LineIndex, numbers: range) -> list[str]:
    found: list[str] = []
    for number in numbers:
        line = index.line(number).strip()
        if line:
            found.append(line)
        if len(found) == CONTEXT_LINES:
            break
    return found
