"""The keyboard: who can be asked, and reading a line from them with history where there is any.

Standard input may be a pipe (a traceback, say) while a person sits at the terminal; then the
terminal itself is asked.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from claude_sidecar.terminal.screen import Screen

logger = logging.getLogger(__name__)

ReadLine: TypeAlias = Callable[[str], str]
"""Shows a prompt and gives the line typed, without its end.

:raises EOFError: at the end of input.
:raises KeyboardInterrupt: on Ctrl-C.
"""

HISTORY_LINES = 1000


@contextmanager
def keyboard(screen: Screen) -> Generator[ReadLine | None]:
    """How to read a line from the person; None where nobody is there to be asked."""
    if not screen.err.is_terminal:
        yield None
    elif sys.stdin.isatty():
        yield read_input
    elif os.name == "posix" and screen.out.is_terminal:
        with contextlib.ExitStack() as stack:
            try:
                terminal = stack.enter_context(Path("/dev/tty").open(encoding="utf-8"))
            except OSError:
                yield None
                return

            def read_terminal(prompt: str) -> str:
                _show(prompt)
                line = terminal.readline()
                if not line:
                    raise EOFError
                return line.rstrip("\n")

            yield read_terminal
    else:
        yield None


def read_input(prompt: str) -> str:
    """A line from standard input; `prompt` is shown on standard error, or by readline."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return input(prompt)
    if sys.stdin.isatty():
        _show(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


@contextmanager
def line_history(path: Path) -> Generator[None]:
    """Keep what is typed at `input` in `path`, readable by the user alone, where readline is."""
    try:
        import readline
    except ImportError:
        yield
        return
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(HISTORY_LINES)
    try:
        yield
    finally:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            readline.write_history_file(path)
        except OSError as error:
            logger.info("The history is not kept: %s", error)


def _show(prompt: str) -> None:
    sys.stderr.write(prompt)
    sys.stderr.flush()
