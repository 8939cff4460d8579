"""Reading a line at a terminal: with editing, what was typed before, and `/` commands completed.

The keys are read as keys: a signal would be missed by Python where it comes in the instant in
which a line begins to be read, and Ctrl-C would have to be pressed again. Text that is pasted is
one answer, however many lines it has: tracebacks are.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output
from typing_extensions import override

logger = logging.getLogger(__name__)

HISTORY_ENTRIES = 1000
HISTORY_BYTES = 1_000_000


class LineEditor:
    """A terminal at which lines are typed. Called on the main thread.

    :param terminal: what is typed at; standard input where it is None.
    :param history: where what was typed is kept, readable by the user alone; None keeps nothing.
    :param commands: what each `/` command does.
    """

    def __init__(
        self,
        terminal: TextIO | None = None,
        *,
        history: Path | None = None,
        commands: Mapping[str, str] | None = None,
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=None if history is None else _kept_in(history),
            completer=_Commands(commands or {}),
            complete_while_typing=Condition(_names_command),
            reserve_space_for_menu=len(commands or ()),
            key_bindings=_keys(),
            enable_suspend=True,
            enable_open_in_editor=True,
            input=create_input(terminal),
            output=_output(),
        )

    def read(self, prompt: str) -> str:
        """Show `prompt` and give what is typed, without its end.

        :raises EOFError: on Ctrl-D, or at the end of input.
        :raises KeyboardInterrupt: on Ctrl-C.
        """
        return self._session.prompt(prompt)


class _Commands(Completer):
    """Completes the name of a command at the beginning of a line."""

    def __init__(self, commands: Mapping[str, str]) -> None:
        self._commands = commands

    @override
    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        typed = document.text_before_cursor
        if not typed.startswith("/"):
            return
        for name, description in self._commands.items():
            if name.startswith(typed):
                yield Completion(name, -len(typed), display_meta=description)


class _History(FileHistory):
    """What was typed, newest first. That it cannot be kept is no reason not to talk."""

    @override
    def load_history_strings(self) -> Iterable[str]:
        try:
            yield from itertools.islice(super().load_history_strings(), HISTORY_ENTRIES)
        except OSError as error:
            logger.info("The history cannot be read: %s", error)

    @override
    def store_string(self, string: str) -> None:
        try:
            super().store_string(string)
        except OSError as error:
            logger.info("The history is not kept: %s", error)


def _kept_in(path: Path) -> History:
    """The history in a file, made for the user alone, and cut where it has grown too long."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        if path.stat().st_size > HISTORY_BYTES:
            kept = path.read_bytes()[-HISTORY_BYTES // 2 :]
            path.write_bytes(kept[kept.find(b"\n\n") + 1 :])  # an entry begins with an empty line
    except OSError as error:
        logger.info("The history is not kept: %s", error)
    return _History(str(path))


def _names_command() -> bool:
    return get_app().current_buffer.text.startswith("/")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _begin_line(event: KeyPressEvent) -> None:  # pyright: ignore[reportUnusedFunction]
        event.current_buffer.insert_text("\n")

    return keys


def _output() -> Output:
    output = create_output(always_prefer_tty=True)
    if isinstance(output, Vt100_Output):
        # The terminal's answer to where the cursor is would be taken for typing if it came late.
        output.enable_cpr = False
    return output
