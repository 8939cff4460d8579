"""Sessions and their turns as a person reads them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from claude_sidecar.sessions.model import Session, Turn
from claude_sidecar.terminal.ids import SHORT_ID
from claude_sidecar.terminal.outcome import verification_words
from claude_sidecar.terminal.reply import ReplyWriter
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.terminal.words import age, local_time, money, number_of
from claude_sidecar.visible import one_line, visible


def print_sessions(screen: Screen, sessions: Sequence[Session], now: float) -> None:
    """A table on a terminal; in a pipe one session a line, its fields apart by tabs."""
    if not screen.live:
        for session in sessions:
            screen.line("\t".join(map(one_line, (session.id, *_row(session, now)))))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Session", style="cyan", no_wrap=True)
    table.add_column("File", overflow="fold")
    table.add_column("Title", ratio=1)
    for name in ("Last used", "Turns", "Findings", "Cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for session in sessions:
        mark = "*" if session.current else " "
        row = (f"{session.id[:SHORT_ID]}{mark}", *_row(session, now))
        table.add_row(*(Text(one_line(cell)) for cell in row))
    screen.out.print(table)
    screen.note("* is the one that its file continues.")


def _row(session: Session, now: float) -> tuple[str, ...]:
    state = "" if session.state == "idle" else f" ({session.state.replace('_', ' ')})"
    state += " (begun in Claude Code)" if session.elsewhere else ""
    return (
        session.key.file or ".",
        session.title + state,
        age(session.updated_at, now),
        str(session.turns),
        str(session.open_findings),
        money(session.cost_usd),
    )


def print_session(screen: Screen, session: Session, turns: Sequence[Turn]) -> None:
    """A session and what was said in it."""
    screen.line(Text(one_line(session.title), "bold"))
    screen.line(f"session    {session.id}{'  (current)' if session.current else ''}")
    screen.line(f"workspace  {session.key.workspace}")
    screen.line(f"file       {session.key.file or '(the workspace itself)'}")
    screen.line(f"cost       {money(session.cost_usd)} in {number_of(session.turns, 'turn')}")
    if session.forked_from is not None:
        screen.line(f"forked     from {session.forked_from}")
    for turn in turns:
        print_turn(screen, turn, inherited=turn.session_id != session.id)


def print_turn(
    screen: Screen, turn: Turn, *, reply_lines: int | None = None, inherited: bool = False
) -> None:
    """One turn: what was asked, what was answered, how it ended.

    :param inherited: it was in an earlier session.
    :param reply_lines: at most so many of the answer; None for all.
    """
    screen.line()
    moment = f"{local_time(turn.started_at):%Y-%m-%d %H:%M}"
    origin = ", inherited" if inherited else ", in Claude Code" if turn.elsewhere else ""
    head = f"{turn.kind}, {moment}, turn {turn.id[:SHORT_ID]}{origin}"
    screen.line(Text(head, "dim"))
    screen.line(Text(textwrap.indent(visible(turn.prompt.strip()), "> "), "bold"))
    if turn.text.strip():
        writer = ReplyWriter(screen.out)
        lines = turn.text.strip().splitlines()
        writer.write("\n".join(lines[:reply_lines]))
        writer.finish()
        if len(lines[:reply_lines]) < len(lines):
            screen.line(Text(f"… {len(lines) - len(lines[:reply_lines])} more lines", "dim"))
    if turn.findings:
        screen.line(Text(f"({number_of(len(turn.findings), 'finding')})", "dim"))
    if turn.verification is not None:
        style = "green" if turn.verification.state == "verified" else "yellow"
        screen.line(Text(visible(f"[{verification_words(turn.verification)}]"), style))
    if turn.stop_reason != "end_turn":
        why = f": {turn.error.message}" if turn.error else ""
        screen.line(Text(visible(f"[{turn.stop_reason or turn.state}{why}]"), "yellow"))
