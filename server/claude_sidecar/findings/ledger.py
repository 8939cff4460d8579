"""When two findings make the same claim: so that none is told twice, and no decision is forgotten.

Models say the same thing in other words each time. What stays is the code it is about, where that
code is, and the kind of claim. Two findings of one turn are only the same if they say so in the
same words, because one piece of code can have two faults of a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from claude_sidecar.findings.model import Finding

_WORD = re.compile(r"\w{3,}")


def same_claim(known: Iterable[Finding], new: Finding) -> Finding | None:
    """The finding among those known of a file that says what `new` says, if there is one.

    :param known: with the ranges that they have now.
    """
    candidates = [each for each in known if _about_the_same(each, new) and _matches(each, new)]
    return max(candidates, key=lambda each: likeness(each, new), default=None)


def is_settled(dismissed: Finding, text_now: str) -> bool:
    """Whether a dismissal still holds: the code it was about is as it was, but for white space."""
    return dismissed.state == "dismissed" and text_now.split() == dismissed.quote.split()


def likeness(one: Finding, other: Finding) -> float:
    """How many words two claims share, from 0 to 1."""
    mine, yours = _words(one), _words(other)
    return len(mine & yours) / len(mine | yours) if mine | yours else 1.0


def _about_the_same(known: Finding, new: Finding) -> bool:
    if known.file != new.file:
        return False
    overlap = known.range.start < new.range.end and new.range.start < known.range.end
    return overlap or (known.anchor == "lost" and known.quote.split() == new.quote.split())


def _matches(known: Finding, new: Finding) -> bool:
    if known.turn_id == new.turn_id:
        return known.title == new.title and known.category == new.category
    return known.category == new.category or known.title == new.title


def _words(finding: Finding) -> set[str]:
    text = f"{finding.title} {finding.message}".casefold()
    return set(_WORD.findall(text))
