"""Rules for languages that no linter of ours reads, applied to a text.

They look at text, not at syntax; `pattern_rules` has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from claude_sidecar.offline.pattern_rules import PATTERNS, Pattern
from claude_sidecar.offline.prompt import Source
from claude_sidecar.offline.remarks import Remark
from claude_sidecar.text import LineIndex

_COMMENT = re.compile(r"\s*(?://|/\*|\*(?!\w)|#|--|;|<!--)")

LONGEST_LINE = 1_000
"""Characters; a longer line was made by a program, and nobody reviews it."""


def check(source: Source) -> list[Remark]:
    """What the rules find in a source, in the order of its lines."""
    index = LineIndex("\n".join(line if len(line) <= LONGEST_LINE else "" for line in source.lines))
    remarks = [
        remark
        for pattern in PATTERNS
        if pattern.languages is None or source.language in pattern.languages
        for remark in _apply(pattern, source, index)
    ]
    return sorted(remarks, key=lambda remark: (remark.line, remark.rule))


def _apply(pattern: Pattern, source: Source, index: LineIndex) -> Iterator[Remark]:
    for match in pattern.find.finditer(index.text):
        first, last = (index.position(offset).line for offset in match.span())
        quote = "\n".join(source.lines[first : last + 1])
        if not pattern.comments and _COMMENT.match(quote):
            continue
        if pattern.but is not None and pattern.but.search(match[0]):
            continue
        yield Remark(
            line=source.first + first,
            quote=quote,
            severity=pattern.severity,
            category=pattern.category,
            title=pattern.title,
            message=pattern.message,
            rule=f"rule {pattern.name}",
            failure_scenario=pattern.failure_scenario,
        )
