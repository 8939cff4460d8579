"""Follow-up questions, answered from the conversation alone.

Each way to answer is a function that either answers or passes. What none of them can answer is
said to be so: rules that pretended to understand would be worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from claude_sidecar.findings.model import SEVERITIES
from claude_sidecar.offline.conversation import Conversation, Reported, listing

Way: TypeAlias = Callable[[str, Conversation], str | None]

SIGNATURE = "_Answered by the offline rule-based reviewer, not by Claude._"

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_NUMBER = re.compile(
    r"(?:#|\b(?:finding|number|no\.?|issue|point)\s+)(\d+)\b|\b(\d+)(?:st|nd|rd|th)\b"
)
_LINE = re.compile(r"\blines?\s+(\d+)\b")
_MENTIONED = re.compile(r"\*\*Finding (\d+)\*\*")
_NAME = re.compile(r"[`'\"“]([^`'\"”]+)[`'\"”]|\b([A-Za-z_]\w{2,})\b")
_COMMON = frozenset(
    [
        "about",
        "again",
        "all",
        "and",
        "any",
        "are",
        "bad",
        "before",
        "bug",
        "bugs",
        "but",
        "can",
        "cannot",
        "cause",
        "caused",
        "code",
        "could",
        "did",
        "does",
        "earlier",
        "error",
        "errors",
        "explain",
        "file",
        "find",
        "finding",
        "findings",
        "first",
        "fix",
        "for",
        "found",
        "from",
        "get",
        "give",
        "going",
        "happen",
        "has",
        "have",
        "how",
        "into",
        "issue",
        "issues",
        "its",
        "just",
        "last",
        "let",
        "line",
        "lines",
        "list",
        "look",
        "make",
        "matter",
        "mean",
        "more",
        "most",
        "need",
        "not",
        "now",
        "one",
        "only",
        "other",
        "our",
        "please",
        "problem",
        "problems",
        "really",
        "review",
        "said",
        "say",
        "second",
        "see",
        "should",
        "show",
        "some",
        "still",
        "sure",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "think",
        "third",
        "this",
        "those",
        "too",
        "was",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "wrong",
        "you",
        "your",
    ]
)
_SHOWN = 6


def answer(conversation: Conversation) -> str:
    """Answer the conversation's last prompt."""
    question = conversation.prompt.request.strip()
    words = question.lower()
    reply = next(reply for way in _WAYS if (reply := way(words, conversation)) is not None)
    return f"{reply}\n\n{SIGNATURE}"


def _what_was_said(question: str, conversation: Conversation) -> str | None:
    wanted = r"\b(said|say|asked?|talk(?:ed)?|discuss(?:ed)?|remember|so far|last time|yesterday|before)\b"
    if not re.search(wanted, question) or _LINE.search(question) or _chosen(question, conversation):
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
    tail = f"\n\nWhat was found:\n{listing(found)}" if found else "\n\nNothing was found."
    return "What was asked so far, oldest first:\n" + "\n".join(asked) + tail


def _how_many(question: str, conversation: Conversation) -> str | None:
    if not re.search(r"\bhow many\b|\bcount\b|\bnumber of\b", question):
        return None
    found = conversation.findings
    if not found:
        return _NOTHING
    counts = Counter(each.severity for each in found)
    kinds = ", ".join(f"{counts[each]} {each}" for each in SEVERITIES if counts[each])
    return f"{_plural(len(found))}: {kinds}.{_older(conversation)}"


def _one_by_number(question: str, conversation: Conversation) -> str | None:
    number = _chosen(question, conversation)
    if number is None:
        return None
    if not 1 <= number <= len(conversation.findings):
        return f"There is no finding {number}: {_plural(len(conversation.findings))} so far."
    return _described(number, conversation, fix=_asks_for_fix(question))


def _by_line(question: str, conversation: Conversation) -> str | None:
    match = _LINE.search(question)
    if match is None:
        return None
    line = int(match[1])
    at = [
        number
        for number, each in enumerate(conversation.findings, 1)
        if each.line <= line <= each.line + each.quote.count("\n")
    ]
    if at:
        fix = _asks_for_fix(question)
        return "\n\n".join(_described(number, conversation, fix=fix) for number in at)
    text = conversation.source.line(line) if conversation.source else None
    if text is None:
        return f"Nothing was found on line {line}, and its text is not in what I was shown."
    return f"No rule found anything on line {line}, which reads:\n\n```\n{text}\n```"


def _gravest(question: str, conversation: Conversation) -> str | None:
    wanted = r"\b(important|worst|serious|grave(?:st)?|critical|urgent|severe|priority)\b"
    if not re.search(wanted, question) or not conversation.findings:
        return None
    ranks = [SEVERITIES.index(each.severity) for each in conversation.findings]
    return "The gravest: " + _described(ranks.index(min(ranks)) + 1, conversation, fix=False)


def _by_word(question: str, conversation: Conversation) -> str | None:
    names = _names(conversation.prompt.request)
    scores = [
        sum(_has_word(name, f"{each.quote}\n{each.title}\n{each.message}") for name in names)
        for each in conversation.findings
    ]
    best = max(scores, default=0)
    if best:
        numbers = [number for number, score in enumerate(scores, 1) if score == best][:_SHOWN]
        fix = _asks_for_fix(question)
        return "\n\n".join(_described(number, conversation, fix=fix) for number in numbers)
    source = conversation.source
    if source is None:
        return None
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


def _it(question: str, conversation: Conversation) -> str | None:
    if not re.search(r"\b(it|that|this|why|explain|more|fix|repair|solve|how)\b", question):
        return None
    if not conversation.findings:
        return None
    mentioned = _MENTIONED.findall(conversation.last_answer)
    number = int(mentioned[0]) if mentioned else 1
    if number > len(conversation.findings):
        return None
    return _described(number, conversation, fix=_asks_for_fix(question))


def _list(question: str, conversation: Conversation) -> str | None:
    wanted = r"\b(find|found|findings?|issues?|problems?|bugs?|list|summar\w+|which|review|wrong|errors?)\b"
    if not re.search(wanted, question):
        return None
    if not conversation.findings:
        return _NOTHING
    found = conversation.findings
    return f"{_plural(len(found))}:\n{listing(found)}{_older(conversation)}"


def _honest(_: str, conversation: Conversation) -> str:
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
    _one_by_number,
    _by_line,
    _gravest,
    _by_word,
    _list,
    _it,
    _honest,
)
_NOTHING = "Nothing has been found in this conversation so far."


def _chosen(question: str, conversation: Conversation) -> int | None:
    """The number of the finding that a question names: `#2`, `the second one`, `the last`."""
    match = _NUMBER.search(question)
    if match:
        return int(match[1] or match[2])
    for word, number in _ORDINALS.items():
        if re.search(rf"\b{word}\b(?!\s+line)", question):
            return number
    if re.search(r"\blast (?:one|finding|issue|problem)\b", question):
        return len(conversation.findings)
    return None


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
    if each.replacement is not None:
        parts.append(f"What can stand there instead:\n\n```\n{each.replacement}\n```")
    elif fix:
        parts.append("I have no ready replacement for it; what it says above is what to change.")
    return "\n\n".join(parts)


def _asks_for_fix(question: str) -> bool:
    return bool(re.search(r"\b(fix|repair|solve|change|instead|correct)\b", question))


def _names(question: str) -> list[str]:
    """Words of a question that may name something in code, the likeliest first."""
    found = [quoted or word for quoted, word in _NAME.findall(question)]
    names = [name for name in found if name.lower() not in _COMMON]
    return sorted(names, key=lambda name: (name.isalpha() and name.islower(), found.index(name)))


def _has_word(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _told(task: str, request: str) -> str:
    if task in ("review", "debug") and not request:
        return {"review": "A review", "debug": "A failure to debug"}[task]
    return _shortened(request)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


def _all(conversation: Conversation) -> Iterable[Reported]:
    return (*conversation.older, *conversation.findings)


def _older(conversation: Conversation) -> str:
    count = len(conversation.older)
    return f"\n\n{_plural(count)} more from earlier in the conversation." if count else ""


def _plural(count: int) -> str:
    return "One finding" if count == 1 else f"{count or 'No'} findings"
