"""The keyboard: who can be asked, and reading a line from them.

Standard input may be a pipe (a traceback, say) while a person sits at the terminal; then the
terminal itself is asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO, TypeAlias

from claude_sidecar.terminal.screen import Screen

ReadLine: TypeAlias = Callable[[str], str]
"""Shows a prompt and gives the line typed, without its end.

:raises EOFError: at the end of input.
:raises KeyboardInterrupt: on Ctrl-C.
"""


@contextmanager
def keyboard(screen: Screen) -> Generator[ReadLine | None]:
    """How to read a line from the person; None where nobody is there to be asked."""
    if not screen.err.is_terminal:
        yield None
    elif sys.stdin.isatty():
        yield _asked_at(None)
    elif os.name == "posix" and screen.out.is_terminal:
        with ExitStack() as stack:
            try:
                terminal = stack.enter_context(Path("/dev/tty").open(encoding="utf-8"))
            except OSError:
                yield None
                return
            yield _asked_at(terminal)
    else:
        yield None


def chat_line(screen: Screen, history: Path, commands: Mapping[str, str]) -> ReadLine:
    """How to read what is said in a chat: from a pipe, without a prompt, where nobody types.

    :param history: where what was typed is kept.
    :param commands: what each `/` command does.
    """
    if not sys.stdin.isatty() or not (screen.out.is_terminal or screen.err.is_terminal):
        return _piped_line
    from claude_sidecar.terminal.line_editor import LineEditor

    return LineEditor(history=history, commands=commands).read


def _asked_at(terminal: TextIO | None) -> ReadLine:
    """Reads answers, which are not kept. What that takes is imported with the first question."""

    def read(prompt: str) -> str:
        from claude_sidecar.terminal.line_editor import LineEditor

        return LineEditor(terminal).read(prompt)

    return read


def _piped_line(prompt: str) -> str:
    del prompt
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")
