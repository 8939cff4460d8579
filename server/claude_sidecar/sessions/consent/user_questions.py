"""The questions that Claude puts with `AskUserQuestion`, read from the tool's input."""

from __future__ import annotations

from typing import Any

from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import Question, QuestionOption


def user_questions(arguments: JsonObject) -> tuple[Question, ...]:
    """All of them, in order."""
    raw: list[dict[str, Any]] = arguments.get("questions") or []
    return tuple(_question(each) for each in raw)


def _question(raw: dict[str, Any]) -> Question:
    options: list[dict[str, Any]] = raw.get("options") or []
    return Question(
        question=str(raw.get("question", "")),
        header=str(raw.get("header", "")),
        multi_select=bool(raw.get("multiSelect")),
        options=tuple(
            QuestionOption(str(each.get("label", "")), str(each.get("description", "")))
            for each in options
        ),
    )
