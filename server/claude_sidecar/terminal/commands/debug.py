"""`claude-sidecar debug`: the cause of a failure that comes on standard input, or of a failing test."""

from __future__ import annotations

import sys

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.planning.debugging import DebugWish
from claude_sidecar.terminal.answering import answer
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import file_option, json_option, takes_flags
from claude_sidecar.terminal.places import key_of, shown_path


@click.command("debug", short_help="Find the cause of a failure, or mend a failing test.")
@file_option
@click.option(
    "--test",
    metavar="CMD",
    help="A command that shows the bug. It is run, the cause is mended, and it is run again.",
)
@click.option("--yes", is_flag=True, help="Run the command of --test without asking.")
@click.option("--fresh", is_flag=True, help="In a new conversation.")
@json_option
@takes_flags(asks_claude=True)
def command(
    flags: Flags, *, file: str | None, test: str | None, yes: bool, fresh: bool, output_format: str
) -> int:
    """Find the cause of a failure: a message, a traceback or a failing test's output.

    It is read from standard input: pytest 2>&1 | claude-sidecar debug

    The conversation is that of the file where it failed, unless --file names another.
    """
    error = _piped() if test is None else None
    invocation = invoked(flags, [file] if file else [])
    with opened(invocation, answers=output_format == "text") as sidecar:
        wish = DebugWish(
            key_of(invocation.workspaces, file),
            chosen=file is not None,
            error=error,
            fresh=fresh,
            test=test,
            permitted=yes,
        )
        request = sidecar.engine.call(sidecar.engine.sidecar.debugging.request, wish)
        if file is None and request.key.file is not None:
            invocation.screen.note(f"It failed in {shown_path(request.key.path)}.")
        return answer(invocation, sidecar, request, output_format)


def _piped() -> str:
    """The failure, as it is piped in or pasted."""
    if sys.stdin.isatty():
        click.echo("Paste the error, then press Ctrl-D on a line of its own.", err=True)
    error = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not error.strip():
        raise InvalidRequest("Standard input is empty: pipe in the traceback or test output.")
    return error
