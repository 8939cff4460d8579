"""Where output goes: answers to standard output, what is happening meanwhile to standard error.

On a terminal both have colours and know its width. In a pipe the output is plain and lines are as
long as they are; progress is shown only where a person can see it pass.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from claude_sidecar.visible import visible


@dataclass(frozen=True, slots=True)
class Screen:
    """The two consoles of a command."""

    out: Console
    err: Console

    @property
    def live(self) -> bool:
        """Whether a person watches the answer arrive."""
        return self.out.is_terminal

    @property
    def same_terminal(self) -> bool:
        """Whether progress and answers share one terminal, and must take turns on it."""
        return self.out.is_terminal and self.err.is_terminal

    def line(self, *parts: str | Text) -> None:
        """One line of output; strings are made harmless, texts are taken to be so."""
        text = Text.assemble(*_safe(parts))
        if self.live:
            self.out.print(text)
        else:
            self.out.file.write(f"{text.plain}\n")  # with its tabs, which rich would expand

    def note(self, text: str, style: str = "dim") -> None:
        """One line for whoever watches, to standard error; nothing in a pipe or a log."""
        if self.err.is_terminal:
            self.err.print(Text(visible(text), style), soft_wrap=True)

    def say(self, text: str) -> None:
        """One line that is no trouble and must be read, to standard error."""
        self._tell(Text(visible(text)))

    def warn(self, text: str) -> None:
        """Something the user should know, to standard error."""
        self._tell(Text.assemble(("Warning: ", "bold yellow"), visible(text)))

    def fail(self, text: str, hint: str | None = None) -> None:
        """Something that went wrong, and what to do about it, to standard error."""
        self._tell(Text.assemble(("Error: ", "bold red"), visible(text)))
        if hint:
            self._tell(Text(f"       {visible(hint)}"))

    def _tell(self, text: Text) -> None:
        self.err.print(text, soft_wrap=not self.err.is_terminal)


def _safe(parts: tuple[str | Text, ...]) -> list[Text]:
    return [part if isinstance(part, Text) else Text(visible(part)) for part in parts]


def standard_screen() -> Screen:
    """The screen of this process."""
    return Screen(
        out=Console(file=sys.stdout, highlight=False, markup=False, emoji=False),
        err=Console(file=sys.stderr, highlight=False, markup=False, emoji=False),
    )
