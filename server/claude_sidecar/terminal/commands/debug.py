"""`claude-sidecar debug`: find the cause of a failure whose message comes on standard input."""

from __future__ import annotations

import sys

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.symptoms.service import DebugWish
from claude_sidecar.terminal.answering import answer
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import file_option, json_option, takes_flags
from claude_sidecar.terminal.places import key_of


@click.command("debug", short_help="Find the cause of a failure.")
@file_option
@click.option("--fresh", is_flag=True, help="In a new conversation.")
@json_option
@takes_flags(asks_claude=True)
def command(flags: Flags, file: str | None, fresh: bool, output_format: str) -> int:
    """Find the cause of a failure: a message, a traceback or a failing test's output.

    It is read from standard input: pytest 2>&1 | claude-sidecar debug --file F
    """
    if sys.stdin.isatty():
        click.echo("Paste the error, then press Ctrl-D on a line of its own.", err=True)
    error = sys.stdin.buffer.read().decode("utf-8", "replace")
    if not error.strip():
        raise InvalidRequest("Standard input is empty: pipe in the traceback or test output.")
    invocation = invoked(flags, [file] if file else [])
    with opened(invocation, answers=output_format == "text") as sidecar:
        key = key_of(invocation.workspaces, file)
        wish = DebugWish(key, chosen=file is not None, error=error, fresh=fresh)
        request = sidecar.engine.call(sidecar.engine.sidecar.debugging.request, wish)
        return answer(invocation, sidecar, request, output_format)
