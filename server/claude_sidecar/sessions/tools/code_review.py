"""Findings that Claude reports with `ReportFindings`, the tool of Claude Code's own `/code-review`.

They name a file, mostly a line, and say in words what is wrong; they quote nothing. The line itself
becomes the quote. Without a line it is the one that has most of the code the words mention.
Source: the tool's input as Claude Code 2.1 describes it.
"""

from __future__ import annotations

import re
from typing import Any, cast

from claude_sidecar.findings.anchor import Located
from claude_sidecar.findings.model import CATEGORIES, Category, Severity, Verdict
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.text import LineIndex, Position, Range

TOOL = "ReportFindings"

_SEVERITIES: dict[str, Severity] = {
    "important": "error",
    "pre_existing": "information",
    "nit": "hint",
}
_VERDICTS: dict[str, Verdict] = {"confirmed": "confirmed", "plausible": "plausible"}
_CODE = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[A-Za-z_]\w{2,}")


def entries(arguments: JsonObject) -> list[JsonObject]:
    """The findings in a call's input that name a file and say something."""
    given = arguments.get("findings")
    found: list[Any] = cast(list[Any], given) if isinstance(given, list) else []
    objects = [cast(JsonObject, entry) for entry in found if isinstance(entry, dict)]
    return [entry for entry in objects if entry.get("file") and entry.get("summary")]


def severity(entry: JsonObject) -> Severity:
    """Ours; what is not told is a warning."""
    return _SEVERITIES.get(str(entry.get("severity", "")), "warning")


def category(entry: JsonObject) -> Category:
    """Ours, where the words are the same; else `bug` for what fails, and `other`."""
    named = re.sub(r"[\s_]+", "-", str(entry.get("category", "")).strip().casefold())
    for known in CATEGORIES:
        if known == named:
            return known
    return "bug" if entry.get("failure_scenario") else "other"


def verdict(entry: JsonObject) -> Verdict | None:
    """Ours, where it is told."""
    return _VERDICTS.get(str(entry.get("verdict", "")).casefold())


def title(entry: JsonObject) -> str:
    """The short summary, or the first sentence of the long one."""
    short = entry.get("short_summary")
    return str(short) if short else re.split(r"(?<=[.!?])\s", str(entry["summary"]), maxsplit=1)[0]


def located(index: LineIndex, entry: JsonObject) -> Located:
    """The line it is about, without its indentation."""
    number = entry.get("line")
    if isinstance(number, int) and 1 <= number <= len(index):
        line = number - 1
    else:
        line = _line_of_words(index, str(entry["summary"]))
    text = index.line(line)
    indent = len(text) - len(text.lstrip())
    range_ = Range(Position(line, indent), Position(line, len(text.rstrip()) or indent))
    return Located(range_, text.strip())


def _line_of_words(index: LineIndex, summary: str) -> int:
    mentioned = _CODE.findall(summary) or _NAME.findall(summary)
    scores = [
        (sum(len(word) for word in mentioned if word in index.line(number)), -number)
        for number in range(len(index))
    ]
    return -max(scores)[1]
