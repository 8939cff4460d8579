"""`claude-sidecar chat`: a conversation at the terminal."""

from __future__ import annotations

from functools import partial

import click
from platformdirs import user_state_path

from claude_sidecar.terminal.chat import Chat
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.keyboard import chat_line
from claude_sidecar.terminal.options import file_option, takes_flags
from claude_sidecar.terminal.places import key_of


@click.command("chat", short_help="Talk with Claude.")
@file_option
@takes_flags(asks_claude=True)
def command(flags: Flags, *, file: str | None) -> int:
    """Talk with Claude, going on with what was said about the file or the workspace before.

    Ctrl-C stops an answer, Ctrl-D ends the chat, /help tells what else there is.
    """
    invocation = invoked(flags, [file] if file else [])
    history = user_state_path("claude-sidecar", appauthor=False) / "chat-history"
    with opened(invocation, tell_resumed=False) as sidecar:
        read_lines = partial(chat_line, invocation.screen, history)
        return Chat(invocation, sidecar, key_of(invocation.workspaces, file), read_lines).run()
