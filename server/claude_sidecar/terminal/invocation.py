"""One call of a subcommand that uses sessions: its settings, screen, and the sidecar it opens."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import cast

from rich.text import Text
from typing_extensions import override

from claude_sidecar.discreet import DiscreetFormatter
from claude_sidecar.findings.model import Severity
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import TurnRequest
from claude_sidecar.settings import Settings
from claude_sidecar.terminal.configuration import Flags, read_settings
from claude_sidecar.terminal.engine import Engine, running_engine
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.keyboard import keyboard
from claude_sidecar.terminal.person import Person, PersonAtTerminal
from claude_sidecar.terminal.places import open_workspaces
from claude_sidecar.terminal.progress import Progress
from claude_sidecar.terminal.screen import Screen, standard_screen
from claude_sidecar.terminal.side_by_side import Outcome
from claude_sidecar.terminal.turn_display import TurnDisplay


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a subcommand works with before anything is opened."""

    flags: Flags
    settings: Settings
    workspaces: Workspaces
    screen: Screen
    sources: Sources = field(default_factory=Sources)

    @property
    def least(self) -> Severity:
        """The mildest severity that is shown."""
        return cast("Severity", self.settings.review_min_severity)


@dataclass(frozen=True, slots=True)
class Opened:
    """What it works with afterwards."""

    engine: Engine
    display: TurnDisplay
    progress: Progress
    person: Person | None

    def run(self, request: TurnRequest) -> TurnResult:
        """Run a turn to its end and show it.

        :raises SidecarError: if it could not begin.
        """
        self.progress.show()
        try:
            return self.engine.run_turn(request, self.display)
        finally:
            self.display.pause()

    def run_all(self, requests: Sequence[TurnRequest], *, at_once: int) -> Generator[Outcome]:
        """Run turns side by side and show them one after the other: what became of each, in order.

        After Ctrl-C the list ends with the last turn that had begun.
        """
        outcomes = self.engine.run_turns(requests, self.display, at_once=at_once)
        while True:
            self.progress.show()
            try:
                outcome = next(outcomes, None)
            finally:
                self.display.pause()
            if outcome is None:
                return
            yield outcome


def invoked(flags: Flags, paths: Sequence[str] = ()) -> Invocation:
    """Read the settings, and tell what is wrong in the user's file.

    :param paths: the files that the command is about, to find their workspaces.
    :raises InvalidRequest: if a flag's value is not allowed.
    """
    screen = standard_screen()
    settings, problems = read_settings(flags)
    for problem in problems:
        screen.warn(problem.message)
    logging.basicConfig(
        level=settings.log_level.upper(),
        handlers=[_ScreenHandler(screen, tracebacks=settings.log_level == "debug")],
    )
    # It calls the end of a process fatal that is expected and answered.
    logging.getLogger("claude_agent_sdk").setLevel(logging.CRITICAL + 1)
    return Invocation(flags, settings, open_workspaces(paths, flags.workspace), screen)


@contextmanager
def opened(
    invocation: Invocation, *, answers: bool = True, tell_resumed: bool = True
) -> Generator[Opened]:
    """Open the sidecar for a command.

    :param answers: whether replies and findings are shown as they come.
    :param tell_resumed: whether it is remarked that an earlier conversation goes on.
    """
    screen, settings = invocation.screen, invocation.settings
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(screen.err))
        display = TurnDisplay(
            screen,
            invocation.sources,
            progress,
            answers=answers,
            min_severity=invocation.least,
            tell_resumed=tell_resumed,
        )
        read_line = stack.enter_context(keyboard(screen))
        person = read_line and PersonAtTerminal(screen, read_line, display.pause)
        engine = stack.enter_context(running_engine(settings, invocation.workspaces, person))
        _tell_store(engine, screen)
        yield Opened(engine, display, progress, person)


def _tell_store(engine: Engine, screen: Screen) -> None:
    health = engine.call(engine.sidecar.store.health)
    if health.problem:
        screen.warn(health.problem)


class _ScreenHandler(logging.Handler):
    """The log, on standard error, harmless and out of the way of the progress line."""

    def __init__(self, screen: Screen, *, tracebacks: bool) -> None:
        super().__init__()
        self._screen = screen
        self._tracebacks = tracebacks
        self.setFormatter(DiscreetFormatter("%(levelname)s %(name)s: %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if not self._tracebacks:
            record = copy(record)
            record.exc_info = record.exc_text = record.stack_info = None
        try:
            self._screen.err.print(Text(self.format(record), "dim"), soft_wrap=True)
        except Exception:  # noqa: BLE001 - the log must not end what it tells of
            self.handleError(record)
