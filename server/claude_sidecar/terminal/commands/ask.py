"""`claude-sidecar ask TEXT`: one question, in the conversation about a file or the workspace."""

from __future__ import annotations

import sys

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.terminal.answering import answer
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.ids import full_session_id
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import file_option, json_option, takes_flags
from claude_sidecar.terminal.places import key_of


@click.command("ask", short_help="Ask a question.")
@click.argument("text")
@file_option
@click.option("--session", metavar="ID", help="In this conversation; the id's beginning will do.")
@click.option("--fresh", is_flag=True, help="In a new conversation.")
@json_option
@takes_flags(asks_claude=True)
def command(
    flags: Flags,
    *,
    text: str,
    file: str | None,
    session: str | None,
    fresh: bool,
    output_format: str,
) -> int:
    """Ask a question; it follows up on what was said about the file before.

    With TEXT as "-" the question is read from standard input.
    """
    if text == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise InvalidRequest("The question is empty.", field="text")
    invocation = invoked(flags, [file] if file else [])
    with opened(invocation, answers=output_format == "text") as sidecar:
        session_id = None if session is None else full_session_id(sidecar.engine, session)
        key = None if session and not file else key_of(invocation.workspaces, file)
        request = AskRequest(text, key=key, session_id=session_id, fresh=fresh)
        return answer(invocation, sidecar, request, output_format)
