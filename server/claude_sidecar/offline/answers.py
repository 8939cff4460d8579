"""Follow-up questions, answered from the conversation alone.

Each way to answer is a function that either answers or passes. What none of them can answer is
said to be so: rules that pretended to understand would be worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from claude_sidecar.findings.model import SEVERITIES
from claude_sidecar.offline.conversation import Conversation, Reported, listing
from claude_sidecar.offline.prompt import Source
from claude_sidecar.offline.questions import Question

Way: TypeAlias = Callable[[Question, Conversation], str | None]

SIGNATURE = "Answered by the offline rule-based reviewer, not by Claude."

_MENTIONED = re.compile(r"\*\*Finding (\d+)\*\*")
_SHOWN = 6


def answer(conversation: Conversation) -> str:
    """Answer the conversation's last prompt."""
    question = Question(conversation.prompt.request.strip())
    reply = next(reply for way in _WAYS if (reply := way(question, conversation)) is not None)
    return f"{reply}\n\n{SIGNATURE}"


def _what_was_said(question: Question, conversation: Conversation) -> str | None:
    if not question.about_the_past:
        return None
    asked = [f"- {_told(prompt.task, prompt.request)}" for prompt in conversation.earlier]
    history = next(
        (p.history for p in (conversation.prompt, *conversation.earlier[::-1]) if p.history), None
    )
    if history:
        before = re.findall(r"^Developer: (.+)$", history, re.MULTILINE)
        asked = [f"- {_shortened(text)}" for text in before] + asked
    if not asked:
        return "Nothing was said before this in the conversation that I was sent."
    found = _all(conversation)
    tail = f"\n\n{_plural(len(found))}" + (f":\n{listing(found)}" if found else ".")
    return "What was asked so far, oldest first:\n" + "\n".join(asked) + tail


def _how_many(question: Question, conversation: Conversation) -> str | None:
    if not question.wants_count:
        return None
    found = conversation.findings
    if not found:
        return _NOTHING
    counts = Counter(each.severity for each in found)
    kinds = ", ".join(f"{counts[each]} {each}" for each in SEVERITIES if counts[each])
    return f"{_plural(len(found))}: {kinds}.{_older(conversation)}"


def _one_by_number(question: Question, conversation: Conversation) -> str | None:
    number = question.number(len(conversation.findings))
    if number is None:
        return None
    if not 1 <= number <= len(conversation.findings):
        return f"There is no finding {number}: {_plural(len(conversation.findings))} so far."
    return _described(number, conversation, fix=question.wants_fix)


def _by_line(question: Question, conversation: Conversation) -> str | None:
    line = question.line
    if line is None:
        return None
    at = [
        number
        for number, each in enumerate(conversation.findings, 1)
        if each.line <= line <= each.line + each.quote.count("\n")
    ]
    if at:
        return "\n\n".join(
            _described(number, conversation, fix=question.wants_fix) for number in at
        )
    text = conversation.source.line(line) if conversation.source else None
    if text is None:
        return f"Nothing was found on line {line}, and its text is not in what I was shown."
    return f"No rule found anything on line {line}, which reads:\n\n```\n{text}\n```"


def _gravest(question: Question, conversation: Conversation) -> str | None:
    if not question.wants_gravest:
        return None
    if not conversation.findings:
        return _NOTHING
    ranks = [SEVERITIES.index(each.severity) for each in conversation.findings]
    return "The gravest: " + _described(ranks.index(min(ranks)) + 1, conversation, fix=False)


def _by_word(question: Question, conversation: Conversation) -> str | None:
    names = question.names
    scores = [
        sum(_has_word(name, f"{each.quote}\n{each.title}") for name in names)
        for each in conversation.findings
    ]
    best = max(scores, default=0)
    if best:
        numbers = [number for number, score in enumerate(scores, 1) if score == best][:_SHOWN]
        return "\n\n".join(
            _described(number, conversation, fix=question.wants_fix) for number in numbers
        )
    return _in_source(names, conversation.source) if conversation.source else None


def _in_source(names: list[str], source: Source) -> str | None:
    for name in names:
        lines = [
            f"{source.first + at}: {line}"
            for at, line in enumerate(source.lines)
            if _has_word(name, line)
        ]
        if lines:
            more = f"\n\nand {len(lines) - _SHOWN} lines more" if len(lines) > _SHOWN else ""
            shown = "\n".join(lines[:_SHOWN])
            return (
                f"No finding is about `{name}`. It is in `{source.path}` here; what it is for I "
                f"cannot judge:\n\n```\n{shown}\n```{more}"
            )
    return None


def _it(question: Question, conversation: Conversation) -> str | None:
    if not question.points_back:
        return None
    mentioned = _MENTIONED.findall(conversation.last_answer)
    number = int(mentioned[0]) if mentioned else 1
    if number > len(conversation.findings):
        return None
    return _described(number, conversation, fix=question.wants_fix)


def _list(question: Question, conversation: Conversation) -> str | None:
    if not question.wants_list:
        return None
    if not conversation.findings:
        return _NOTHING
    found = conversation.findings
    return f"{_plural(len(found))}:\n{listing(found)}{_older(conversation)}"


def _honest(_: Question, conversation: Conversation) -> str:
    known = (
        f"I know of {_plural(len(conversation.findings)).lower()} from the review here"
        if conversation.findings
        else "nothing has been found in this conversation so far"
    )
    return (
        "I cannot answer that: I am a set of rules and understand only questions about what was "
        f"found. What I can say: {known}. Ask how many there are, for the first one, about a line "
        "or a name, why something matters, or how to fix it. Claude itself answers the rest."
    )


_WAYS: tuple[Way, ...] = (
    _what_was_said,
    _how_many,
    _gravest,
    _one_by_number,
    _by_line,
    _by_word,
    _it,
    _list,
    _honest,
)
_NOTHING = "Nothing has been found in this conversation so far."


def _described(number: int, conversation: Conversation, *, fix: bool) -> str:
    each = conversation.findings[number - 1]
    parts = [
        f"**Finding {number}**, `{each.file}` line {each.line} ({each.severity}): {each.title}"
    ]
    if each.quote:
        parts.append(f"```\n{each.quote}\n```")
    if each.message:
        parts.append(each.message)
    if each.failure_scenario:
        parts.append(f"How it goes wrong: {each.failure_scenario}")
    if each.replacement == "":
        parts.append("It can be removed.")
    elif each.replacement is not None:
        parts.append(f"What can stand there instead:\n\n```\n{each.replacement}\n```")
    elif fix and each.example:
        parts.append(
            f"How such code can be written, by Ruff's example:\n\n```\n{each.example}\n```"
        )
    elif fix:
        parts.append("I have no ready replacement for it; what it says above is what to change.")
    return "\n\n".join(parts)


def _has_word(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _told(task: str, request: str) -> str:
    if task in ("review", "debug") and not request:
        return {"review": "A review", "debug": "A failure to debug"}[task]
    return _shortened(request)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


def _all(conversation: Conversation) -> Sequence[Reported]:
    return (*conversation.older, *conversation.findings)


def _older(conversation: Conversation) -> str:
    count = len(conversation.older)
    return f"\n\n{_plural(count)} more from earlier in the conversation." if count else ""


def _plural(count: int) -> str:
    return "One finding" if count == 1 else f"{count or 'No'} findings"
