"""`claude-sidecar doctor`: is everything in place, and what to do if not."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click
from rich.text import Text

from claude_sidecar.errors import SidecarError
from claude_sidecar.terminal import checks
from claude_sidecar.terminal.checks import Check, Verdict
from claude_sidecar.terminal.configuration import Flags, read_settings
from claude_sidecar.terminal.engine import running_engine
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.places import open_workspaces
from claude_sidecar.terminal.program import FINE, TURN_FAILED
from claude_sidecar.terminal.progress import Progress
from claude_sidecar.terminal.screen import Screen, standard_screen
from claude_sidecar.visible import visible

_MARKS: dict[Verdict, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "warning": ("warning", "yellow"),
    "failed": ("FAILED", "bold red"),
}


@click.command("doctor", short_help="Check that everything is in place.")
@takes_flags(asks_claude=True)
def command(flags: Flags) -> int:
    """Check Python, Claude Code, login, store and settings, and review a sample offline."""
    screen = standard_screen()
    verdicts: list[Verdict] = []
    with Progress(screen.err) as progress:
        progress.say("Checking")
        progress.show()
        for check in _checks(flags):
            progress.pause()
            _print_check(screen, check)
            verdicts.append(check.verdict)
            progress.show()
    return TURN_FAILED if "failed" in verdicts else FINE


def _checks(flags: Flags) -> Iterator[Check]:
    yield checks.check_python()
    settings, problems = read_settings(flags)
    yield checks.check_settings(flags.config, problems)
    workspaces = open_workspaces([], flags.workspace)
    yield checks.check_workspace(workspaces)
    yield checks.check_login({**os.environ, **settings.env}, offline=settings.offline)
    try:
        with running_engine(settings, workspaces, None) as engine:
            yield checks.check_store(engine.call(engine.sidecar.store.health))
            yield checks.check_claude(engine)
    except SidecarError as error:
        yield Check("Store", "failed", str(error), "Choose another place: --store PATH.")
    yield checks.check_offline(settings)


def _print_check(screen: Screen, check: Check) -> None:
    word, colour = _MARKS[check.verdict]
    screen.line(Text.assemble((f"{word:8}", colour), (f"{check.name:13}", "bold")), check.detail)
    if check.remedy is not None and check.verdict != "ok":
        screen.line(Text(f"{'':21}{visible(check.remedy)}", "yellow"))
