"""What a session is called, without asking a model: by what was asked first, then by what came of it.

A title is ours to change as long as it is still the one that we gave; one that the user gave stays.
Claude Code gives none by itself to sessions that a program runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from claude_sidecar.findings.model import SEVERITIES, Finding
from claude_sidecar.sessions.model import Key, Session, StopReason
from claude_sidecar.sessions.planning.plans import TurnPlan

LIMIT = 60
_SHORT = 12
"""A first sentence of fewer characters says too little."""

_FENCE = re.compile(r"^\s*(```|~~~).*?^\s*\1\s*$", re.MULTILINE | re.DOTALL)
_FENCES = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_MARKS = re.compile(r"^(?:[#>*+-]+|\d+[.)])\s+|[`*]+")
_OPENINGS = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|now|please|claude|can you|could you|would you|will you"
    r"|i want you to|i would like you to|i'd like you to|help me to|help me)\b[\s,.:!]*)+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_FAILURE = re.compile(
    r"^\W{0,4}((?:[\w.]+\.)?\w*(?:Error|Exception|Panic|panic|error)\b.*)$", re.MULTILINE
)


def before_any_turn(key: Key) -> str:
    """What a session is called before its first turn."""
    return f"New session: {key.file or _name(key.workspace)}"


def of_prompt(plan: TurnPlan) -> str:
    """What a session is called when its first turn is asked for.

    A question by its first sentence, a debugging turn by the failure, everything else by what is
    done to which file.
    """
    head, _, symptom = plan.prompt.strip().partition("\n")
    if plan.kind == "debug" and symptom.strip():
        failures = _FAILURE.findall(symptom)
        said = failures[-1] if failures else _first_line(symptom).rstrip(".")
        return _cut(said, f" ({_name(plan.key.path)})")
    if plan.kind not in {"ask", "step"}:
        return _cut(head)
    line = _first_line(_FENCE.sub("", plan.prompt)) or _first_line(plan.prompt)
    asked = _OPENINGS.sub("", line) or line
    sentence = _SENTENCE.split(asked)[0]
    asked = sentence if len(sentence) >= _SHORT else asked
    return _cut(asked[:1].upper() + asked[1:])


def of_result(
    session: Session, plan: TurnPlan, findings: Iterable[Finding], stop_reason: StopReason
) -> str | None:
    """What a session is to be called after a turn: a file's review by the worst that it found. None where
    the title says more already, or is the user's.
    """
    if plan.kind != "review" or plan.path is None or stop_reason != "end_turn":
        return None
    if session.title != of_prompt(plan):
        return None
    worst_first = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    place = _name(plan.key.path)
    if not worst_first:
        return _cut(f"{place}: nothing found") if plan.complete else None
    more = f" (+{len(worst_first) - 1})" if len(worst_first) > 1 else ""
    return _cut(f"{place}: {worst_first[0].title}", more)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _first_line(text: str) -> str:
    """The first line with words in it, without the marks of Markdown."""
    lines = (_MARKS.sub("", line.strip()).strip() for line in _FENCES.sub("", text).splitlines())
    return next((line for line in lines if line), "")


def _cut(text: str, end: str = "") -> str:
    """On one line and at most :data:`LIMIT` characters long, between two words where that can be."""
    text = " ".join(text.split())
    room = LIMIT - len(end)
    if len(text) <= room:
        return text + end
    cut = text[: room - 1]
    at_word, space, _ = cut.rpartition(" ")
    if space and len(at_word) > room // 2:
        cut = at_word
    return f"{cut.rstrip(' ,;:.')}…{end}"
