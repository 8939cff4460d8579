"""`claude-sidecar demo`: a review, a follow-up, a restart, and the same conversation again."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import click
from rich.text import Text

from claude_sidecar.terminal.demonstration import STEPS, Demonstration, Step
from claude_sidecar.terminal.outcome import quoted
from claude_sidecar.terminal.program import FINE, TURN_FAILED
from claude_sidecar.terminal.screen import Screen, standard_screen


@click.command("demo", short_help="See it work.")
def command() -> int:
    """Review a sample, ask on, restart, and ask again: offline, no key needed.

    The built-in rule-based reviewer answers, in place of Claude. Everything else is as always.
    """
    screen = standard_screen()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix="claude-sidecar-demo-", ignore_cleanup_errors=True
    ) as folder:
        try:
            status = _show(screen, Demonstration(Path(folder)))
        except subprocess.TimeoutExpired as error:
            screen.fail(f"A step took longer than {error.timeout:.0f} s.")
            return TURN_FAILED
        except subprocess.CalledProcessError as error:
            screen.fail(f"A step ended with status {error.returncode}.")
            return TURN_FAILED
    screen.note(f"{time.monotonic() - begun:.1f} s")
    return status


def _show(screen: Screen, demonstration: Demonstration) -> int:
    for number, step in enumerate(STEPS, 1):
        if not _run(screen, demonstration, number, step):
            return TURN_FAILED
    screen.line(Text("What this has shown", "bold"))
    claims = demonstration.claims()
    for claim in claims:
        mark = Text("  yes  ", "green") if claim.holds else Text("  NO   ", "bold red")
        screen.line(mark, claim.text)
    if not all(claim.holds for claim in claims):
        return TURN_FAILED
    screen.line()
    screen.line("Now your own file: claude-sidecar review FILE (--offline without a key)")
    return FINE


def _run(screen: Screen, demonstration: Demonstration, number: int, step: Step) -> bool:
    screen.line(Text(f"{number}. {step.says}", "bold cyan"))
    words = quoted(["claude-sidecar", *step.arguments, "--offline"])

    def started(process_id: int) -> None:
        screen.line(Text(f"$ {words}", "bold"), Text(f"   (process {process_id})", "dim"))
        screen.out.file.flush()

    status = demonstration.run(step, started)
    screen.line()
    if status != FINE:
        screen.fail(f"The step ended with status {status}.", "`claude-sidecar doctor` tells why.")
    return status == FINE
