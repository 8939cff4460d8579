"""The person at the keyboard: how a permission or a question of Claude's is put to them.

Everything shown comes from a model and is made harmless first. What is not clearly a yes is a no.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rich.text import Text

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.model import ToolKind
from claude_sidecar.sessions.ports import (
    PermissionAnswer,
    PermissionOption,
    PermissionQuestion,
    Question,
    UserQuestions,
)
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.visible import one_line, visible

DIFF_LINES = 60

_KEYS: dict[str, tuple[str, str]] = {
    "allow_once": ("y", "yes"),
    "allow_always": ("a", "always"),
    "allow_always_workspace": ("w", "workspace"),
    "reject_once": ("n", "no"),
}
"""What is typed for an option, by its id: a letter, or a word."""


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

    def permit(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """Whether Claude may use a tool; None is a refusal."""
        ...

    def answer(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Answers by question; None when none are given."""
        ...

    def agree(self, question: str) -> bool:
        """Whether they say yes; no answer is a no."""
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

    def permit(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """Show what Claude wants to do, and take one of the answers offered. Words after a no are
        for Claude.
        """
        self._pause()
        err = self._screen.err
        about = question.title if question.raw_input.get("plan") else question.description
        wish = f"{_WISHES[question.tool_kind]}"
        err.print(Text.assemble((wish, "bold yellow"), one_line(about or question.title)))
        _tell_circumstances(self._screen, question)
        if question.diff is not None:
            _show_diff(self._screen, question.diff)
        else:
            for line in _input_lines(question):
                err.print(Text(f"  {line}"), soft_wrap=True)
        for option in question.options:
            err.print(Text(f"  {_key(option)} = {one_line(option.name)}"), soft_wrap=True)
        keys = "/".join(_key(option) for option in question.options)
        try:
            typed = self._read_line(f"Allow it? [{keys}, or n and why not] ").strip()
        except EOFError:
            return None
        return _chosen(typed, question.options)

    def answer(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Ask one after the other; a number chooses an option, other text is the answer itself."""
        self._pause()
        try:
            return {question.question: self._choose(question) for question in questions.questions}
        except EOFError:
            return None

    def agree(self, question: str) -> bool:
        """Ask; only a yes is one."""
        self._pause()
        try:
            typed = self._read_line(f"{visible(question)} [y/N] ").strip().lower()
        except EOFError:
            return False
        return typed in {"y", "yes"}

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


def _key(option: PermissionOption) -> str:
    return _KEYS.get(option.id, (option.id, ""))[0]


def _chosen(typed: str, options: Sequence[PermissionOption]) -> PermissionAnswer:
    """What is not clearly a yes is a no."""
    word, _, rest = typed.partition(" ")
    for option in options:
        if word.rstrip(",.:").lower() in _KEYS.get(option.id, (option.id,)):
            if option.kind.startswith("reject"):
                return PermissionAnswer(option.id, rest.strip() or None)
            if not rest.strip():
                return PermissionAnswer(option.id)
    return PermissionAnswer("reject_once", typed or None)


def _tell_circumstances(screen: Screen, question: PermissionQuestion) -> None:
    told = [
        f"Question {question.number} of this turn; {question.pending} are open."
        if question.pending > 1
        else None,
        "It was asked before, and not answered then." if question.again else None,
        question.reason,
    ]
    for each in told:
        if each:
            screen.err.print(Text(f"  {one_line(each)}", "dim"), soft_wrap=True)


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
