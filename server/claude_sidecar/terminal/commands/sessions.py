"""`claude-sidecar sessions`: the conversations that are kept, and what can be done with them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import SessionQuery
from claude_sidecar.sessions.shapes.export import EXPORT_FORMATS, ExportFormat
from claude_sidecar.sessions.shapes.sessions import session_shape
from claude_sidecar.sessions.shapes.turns import turn_shape
from claude_sidecar.terminal.commands import branches, handover
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import json_text
from claude_sidecar.terminal.ids import full_session_id
from claude_sidecar.terminal.invocation import Invocation, invoked, opened
from claude_sidecar.terminal.options import file_option, json_option, takes_flags
from claude_sidecar.terminal.outcome import follow_up
from claude_sidecar.terminal.places import key_of
from claude_sidecar.terminal.program import FINE
from claude_sidecar.terminal.session_tables import print_session, print_sessions
from claude_sidecar.terminal.words import number_of
from claude_sidecar.visible import one_line, visible


@click.group("sessions", short_help="The conversations that are kept.")
def command() -> None:
    """List, show, resume, open, rename, export, delete, continue, retry and rewind conversations.

    A conversation is named by its id, or by as much of the id as tells it from the others.
    """


@command.command("list")
@file_option
@click.option("--all", "everywhere", is_flag=True, help="Of all workspaces, not only this one.")
@click.option("--query", metavar="WORDS", help="Only those with these words in them.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@json_option
@takes_flags(asks_claude=False)
def list_(
    flags: Flags,
    *,
    file: str | None,
    everywhere: bool,
    query: str | None,
    limit: int,
    output_format: str,
) -> int:
    """List conversations, the last used first."""
    invocation = invoked(flags, [file] if file else [])
    key = key_of(invocation.workspaces, file)
    asked = SessionQuery(
        workspace=None if everywhere or file else key.workspace,
        key=key if file and not everywhere else None,
        text=query,
        limit=limit,
    )
    with opened(invocation) as sidecar:
        page = sidecar.engine.call(sidecar.engine.sidecar.sessions.list, asked)
    if output_format == "json":
        _write_json(invocation, {"sessions": [session_shape(each) for each in page.sessions]})
        return FINE
    print_sessions(invocation.screen, page.sessions, time.time())
    if not page.sessions:
        invocation.screen.note("There are none here yet; --all lists those of every workspace.")
    if page.next_cursor is not None:
        invocation.screen.note(f"There are more: --limit {min(500, 4 * limit)} shows them.")
    return FINE


@command.command("show")
@click.argument("session", required=False)
@file_option
@json_option
@takes_flags(asks_claude=False)
def show(flags: Flags, *, session: str | None, file: str | None, output_format: str) -> int:
    """Show what was said: in SESSION, or in the current one of a file or the workspace."""
    invocation = invoked(flags, [file] if file else [])
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        if session is None:
            key = key_of(invocation.workspaces, file)
            found, turns = engine.call(engine.sidecar.sessions.history, key=key)
        else:
            session_id = full_session_id(engine, session)
            found, turns = engine.call(engine.sidecar.sessions.history, session_id=session_id)
    if output_format == "json":
        shown = {"session": session_shape(found), "turns": [turn_shape(turn) for turn in turns]}
        _write_json(invocation, shown)
    else:
        print_session(invocation.screen, found, turns)
    return FINE


@command.command("resume")
@click.argument("session")
@file_option
@takes_flags(asks_claude=False)
def resume(flags: Flags, *, session: str, file: str | None) -> int:
    """Make a conversation the one that its file continues, here and in the editors.

    With --file it becomes that file's, also one that was begun with Claude Code itself.
    """
    invocation = invoked(flags, [file] if file else [])
    key = key_of(invocation.workspaces, file) if file else None
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        session_id = full_session_id(engine, session)
        found, turns = engine.call(engine.sidecar.sessions.resume, session_id, key=key)
    place = ("--file", found.key.path) if found.key.file else ("--workspace", found.key.workspace)
    invocation.screen.line(
        f"Continuing {one_line(found.title)!r}, {number_of(len(turns), 'turn')}, session {found.id}"
    )
    invocation.screen.note(f"To go on: {follow_up(flags, 'chat', *place)}")
    return FINE


@command.command("rename")
@click.argument("session")
@click.argument("title")
@takes_flags(asks_claude=False)
def rename(flags: Flags, *, session: str, title: str) -> int:
    """Give a conversation another title."""
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        found = engine.call(engine.sidecar.sessions.rename, full_session_id(engine, session), title)
    invocation.screen.line(f"Session {found.id} is now {one_line(found.title)!r}.")
    return FINE


@command.command("export")
@click.argument("session")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(EXPORT_FORMATS),
    default="markdown",
    show_default=True,
)
@click.option("--output", metavar="FILE", help="Written there, and not to standard output.")
@takes_flags(asks_claude=False)
def export(flags: Flags, *, session: str, output_format: ExportFormat, output: str | None) -> int:
    """Write a conversation as a document to keep."""
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        session_id = full_session_id(engine, session)
        text = engine.call(engine.sidecar.sessions.export, session_id, output_format)
    if output is None:
        invocation.screen.out.file.write(visible(text))
        return FINE
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidRequest(f"--output {output}: {error.strerror}.") from error
    invocation.screen.note(f"Written to {output}")
    return FINE


@command.command("delete")
@click.argument("sessions", metavar="SESSION...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_flags(asks_claude=False)
def delete(flags: Flags, *, sessions: tuple[str, ...], yes: bool) -> int:
    """Delete conversations, with all that was said and found in them."""
    invocation = invoked(flags)
    if not yes and not sys.stdin.isatty():
        raise InvalidRequest("Nobody is there to confirm it: give --yes to delete.")
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        for session_id in [full_session_id(engine, each) for each in sessions]:
            found = engine.call(engine.sidecar.sessions.get, session_id)
            question = f"Delete {one_line(found.title)!r}, {number_of(found.turns, 'turn')}?"
            if not yes and not click.confirm(question, err=True):
                continue
            engine.call(engine.sidecar.sessions.delete, session_id)
            invocation.screen.line(f"Deleted {session_id}")
    return FINE


for each in (
    branches.go_on,
    branches.retry,
    branches.fork,
    branches.compact,
    branches.rewind,
    handover.command,
):
    command.add_command(each)


def _write_json(invocation: Invocation, value: object) -> None:
    invocation.screen.out.file.write(json_text(value) + "\n")
