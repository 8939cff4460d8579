"""The person at the keyboard: how a permission or a question of Claude's is put to them.

Everything shown comes from a model and is made harmless first. What is not clearly a yes is a no.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from typing import Protocol

from rich.text import Text

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.model import ToolKind
from claude_sidecar.sessions.ports import (
    PermissionOptionKind,
    PermissionQuestion,
    Question,
    UserQuestions,
)
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.terminal.visible import one_line, visible

DIFF_LINES = 60

_CHOICES: dict[PermissionOptionKind, tuple[str, str]] = {
    "allow_once": ("y", "yes"),
    "allow_always": ("a", "always"),
    "reject_once": ("n", "no"),
    "reject_always": ("never", "never"),
}


_WISHES: dict[ToolKind, str] = {
    "read": "Claude wants to read: ",
    "edit": "Claude wants to edit: ",
    "delete": "Claude wants to delete: ",
    "move": "Claude wants to move: ",
    "search": "Claude wants to search: ",
    "execute": "Claude wants to run a command: ",
    "think": "Claude wants to use a tool: ",
    "fetch": "Claude wants to fetch: ",
    "other": "Claude wants to use a tool: ",
}


class Person(Protocol):
    """Who can be asked."""

    def permit(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Whether Claude may use a tool; None is a refusal."""
        ...

    def answer(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Answers by question; None when none are given."""
        ...


class PersonAtTerminal:
    """Asks on the terminal.

    :param read_line: shows a prompt and gives the line typed.
    :param pause: takes down what is shown of a turn's progress, so that the question stands free.
    """

    def __init__(
        self, screen: Screen, read_line: Callable[[str], str], pause: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._read_line = read_line
        self._pause = pause

    def permit(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Show what Claude wants to do, and take one of the answers offered."""
        self._pause()
        err = self._screen.err
        about = question.description or question.title
        err.print(Text.assemble((_WISHES[question.tool_kind], "bold yellow"), one_line(about)))
        if question.diff is not None:
            _show_diff(self._screen, question.diff)
        else:
            for line in _input_lines(question):
                err.print(Text(f"  {line}"), soft_wrap=True)
        words = ", ".join("{} = {}".format(*_CHOICES[option]) for option in question.options)
        try:
            typed = self._read_line(f"Allow it? [{words}] ").strip().lower()
        except EOFError:
            return None
        for option in question.options:
            if typed in _CHOICES[option]:
                return option
        return "reject_once"

    def answer(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Ask one after the other; a number chooses an option, other text is the answer itself."""
        self._pause()
        try:
            return {question.question: self._choose(question) for question in questions.questions}
        except EOFError:
            return None

    def _choose(self, question: Question) -> str:
        err = self._screen.err
        err.print(Text.assemble(("Claude asks: ", "bold yellow"), visible(question.question)))
        for number, option in enumerate(question.options, 1):
            described = f": {visible(option.description)}" if option.description else ""
            err.print(Text(f"  {number}. {visible(option.label)}{described}"))
        many = " (several, separated by commas)" if question.multi_select else ""
        typed = self._read_line(f"Answer{many}: ").strip()
        parts = typed.split(",") if question.multi_select else [typed]
        return ", ".join(_label(question, part.strip()) for part in parts)


def _label(question: Question, typed: str) -> str:
    if typed.isdecimal() and 1 <= int(typed) <= len(question.options):
        return question.options[int(typed) - 1].label
    return typed


def _input_lines(question: PermissionQuestion) -> list[str]:
    raw = question.raw_input
    command = raw.get("command")
    if isinstance(command, str):
        return [f"$ {line}" for line in visible(command).split("\n")]
    return [
        f"{visible(name)}: {visible(value if isinstance(value, str) else json.dumps(value))}"
        for name, value in raw.items()
    ]


def _show_diff(screen: Screen, diff: FileDiff) -> None:
    path = shown_path(diff.path)
    lines = list(
        difflib.unified_diff(
            diff.old_text.splitlines(), diff.new_text.splitlines(), path, path, lineterm=""
        )
    )
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines[:DIFF_LINES]:
        screen.err.print(Text(f"  {visible(line)}", styles.get(line[:1], "")), soft_wrap=True)
    if len(lines) > DIFF_LINES:
        screen.note(f"  … {len(lines) - DIFF_LINES} more lines")
