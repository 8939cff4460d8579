"""`claude-sidecar sessions open`: a conversation goes on in Claude Code itself."""

from __future__ import annotations

import sys

import click

from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.foreground import in_foreground
from claude_sidecar.terminal.ids import full_session_id
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.outcome import quoted
from claude_sidecar.terminal.program import FINE


@click.command("open")
@click.argument("session")
@click.option("--print", "only_print", is_flag=True, help="Only say what is to be run, and where.")
@takes_flags(asks_claude=False)
def command(flags: Flags, *, session: str, only_print: bool) -> int:
    """Go on with a conversation in Claude Code itself.

    What is said there is known here afterwards. Where nobody is at a terminal, the command is
    printed.
    """
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        session_id = full_session_id(engine, session)
        given = engine.call(engine.sidecar.sessions.hand_over, session_id)
    if not only_print and sys.stdin.isatty() and sys.stdout.isatty():
        return in_foreground(given)
    first = [f"{name}={value}" for name, value in given.env.items()]
    words = [*(["env", *first] if first else []), *given.argv]
    invocation.screen.out.file.write(f"cd {quoted([given.cwd])} && {quoted(words)}\n")
    return FINE
