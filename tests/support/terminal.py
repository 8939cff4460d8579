"""A screen that can be read back, and what is shown on it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from claude_sidecar.findings.model import Finding, Severity
from claude_sidecar.sessions.events import Event, Update
from claude_sidecar.sessions.model import Key
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.text import LineIndex


@dataclass(frozen=True)
class ReadableScreen:
    """A screen of 80 columns, without colours, and what was written on it."""

    screen: Screen
    out: io.StringIO
    err: io.StringIO

    @property
    def answer(self) -> str:
        """Standard output."""
        return self.out.getvalue()

    @property
    def asides(self) -> str:
        """Standard error."""
        return self.err.getvalue()


def readable_screen(*, terminal: bool, err_terminal: bool = False) -> ReadableScreen:
    """A screen on a terminal, or in a pipe."""
    out, err = io.StringIO(), io.StringIO()
    return ReadableScreen(
        Screen(_console(out, terminal=terminal), _console(err, terminal=err_terminal)), out, err
    )


def _console(file: io.StringIO, *, terminal: bool) -> Console:
    return Console(
        file=file,
        force_terminal=terminal,
        width=80,
        color_system=None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def found(
    path: Path,
    quote: str,
    *,
    severity: Severity = "error",
    title: str = "A title",
    message: str = "Why it matters.",
    suggestion: str | None = None,
    failure_scenario: str | None = None,
) -> Finding:
    """A finding about the first place in a file that has the quote."""
    text = path.read_text(encoding="utf-8")
    start = text.index(quote)
    return Finding(
        id="f1",
        file=path.as_posix(),
        range=LineIndex(text).range_between(start, start + len(quote)),
        severity=severity,
        category="bug",
        title=title,
        message=message,
        quote=quote,
        session_id="s1",
        turn_id="t1",
        created_at=0.0,
        suggestion=suggestion,
        failure_scenario=failure_scenario,
    )


def updates(*events: Event) -> list[Update]:
    """The events of one turn, with their places."""
    return [Update("s1", "t1", Key("/w", "f.py"), seq, event) for seq, event in enumerate(events)]
