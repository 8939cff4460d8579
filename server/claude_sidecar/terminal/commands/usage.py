"""`claude-sidecar usage`: tokens and dollars, in total and wherever they went."""

from __future__ import annotations

import time
from datetime import datetime

import click

from claude_sidecar.sessions.budgets.budgets import midnight
from claude_sidecar.sessions.shapes.usage import usage_report_shape
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import json_text
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import json_option, takes_flags
from claude_sidecar.terminal.program import FINE
from claude_sidecar.terminal.usage_drawing import draw_usage


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    if text.endswith("d") and text[:-1].isdecimal():
        try:
            return midnight(time.time(), days_before=int(text[:-1]))
        except OverflowError:
            raise click.BadParameter(f"{text!r} is before there were days.") from None
    try:
        return datetime.strptime(text, "%Y-%m-%d").astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(f"{text!r} is not a day like 2026-01-31, or 7d.") from None


@click.command("usage", short_help="What was used and spent.")
@click.option("--since", metavar="DAY", callback=_moment, help="A day (2026-01-31) or 7d.")
@json_option
@takes_flags(asks_claude=False)
def command(flags: Flags, *, since: float | None, output_format: str) -> int:
    """Show tokens and costs, of everything or of one workspace: by day, session, file and model, and
    what is left of the budgets.
    """
    invocation = invoked(flags)
    workspace = None
    if flags.workspace is not None:
        workspace = invocation.workspaces.key_of_workspace().workspace
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        report = engine.call(engine.sidecar.sessions.usage, workspace=workspace, since=since)
    if output_format == "json":
        invocation.screen.out.file.write(json_text(usage_report_shape(report)) + "\n")
    else:
        draw_usage(invocation.screen, report)
    return FINE
