"""`claude-sidecar sessions continue|retry|fork|compact|rewind`: going on from another point of a conversation."""

from __future__ import annotations

import sys

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.planning.requests import CompactRequest, ContinueRequest, RetryRequest
from claude_sidecar.sessions.rewinding.rewinder import Rewind, describe
from claude_sidecar.sessions.shapes.sessions import session_shape
from claude_sidecar.terminal.answering import answer
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import json_text
from claude_sidecar.terminal.ids import full_session_id, full_turn_id
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import json_option, takes_flags
from claude_sidecar.terminal.outcome import follow_up
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.program import FINE, TURN_FAILED
from claude_sidecar.visible import one_line, visible


@click.command("continue")
@click.argument("session")
@click.argument("turn", required=False)
@json_option
@takes_flags(asks_claude=True)
def go_on(flags: Flags, *, session: str, turn: str | None, output_format: str) -> int:
    """Go on with a turn of SESSION that was interrupted, cancelled or failed.

    With the last one, unless TURN names another: by its number, counted from 1, or the beginning
    of its id, as `sessions show` has it.
    """
    return _again(flags, session, turn, ContinueRequest, output_format)


@click.command("retry")
@click.argument("session")
@click.argument("turn", required=False)
@json_option
@takes_flags(asks_claude=True)
def retry(flags: Flags, *, session: str, turn: str | None, output_format: str) -> int:
    """Do a turn of SESSION again that was interrupted, cancelled or failed.

    The last one, unless TURN names another, as in `sessions continue`.
    """
    return _again(flags, session, turn, RetryRequest, output_format)


def _again(
    flags: Flags,
    session: str,
    turn: str | None,
    request: type[ContinueRequest] | type[RetryRequest],
    output_format: str,
) -> int:
    invocation = invoked(flags)
    with opened(invocation, answers=output_format == "text") as sidecar:
        engine = sidecar.engine
        session_id = full_session_id(engine, session)
        if turn is None:
            unfinished = engine.call(engine.sidecar.sessions.unfinished, session_id=session_id)
            turn_id = unfinished.id
        else:
            turn_id = full_turn_id(engine, session_id, turn)
        return answer(invocation, sidecar, request(turn_id), output_format)


@click.command("fork")
@click.argument("session")
@click.argument("turn", required=False)
@json_option
@takes_flags(asks_claude=False)
def fork(flags: Flags, *, session: str, turn: str | None, output_format: str) -> int:
    """Begin a conversation that has what was said in SESSION, up to and including TURN.

    Without TURN, all of it. TURN as in `sessions continue`. The new conversation is the one that
    its file continues.
    """
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        session_id = full_session_id(engine, session)
        turn_id = None if turn is None else full_turn_id(engine, session_id, turn)
        made = engine.call(engine.sidecar.sessions.fork, session_id, turn_id)
    if output_format == "json":
        invocation.screen.out.file.write(json_text(session_shape(made)) + "\n")
        return FINE
    invocation.screen.line(f"{one_line(made.title)!r}, session {made.id}")
    place = ("--file", made.key.path) if made.key.file else ("--workspace", made.key.workspace)
    invocation.screen.note(f"To go on: {follow_up(flags, 'chat', *place)}")
    return FINE


@click.command("compact")
@click.argument("session")
@click.argument("instructions", required=False)
@json_option
@takes_flags(asks_claude=True)
def compact(flags: Flags, *, session: str, instructions: str | None, output_format: str) -> int:
    """Have Claude summarise SESSION to make room, and show what was kept.

    INSTRUCTIONS say what the summary is to keep.
    """
    invocation = invoked(flags)
    with opened(invocation, answers=output_format == "text") as sidecar:
        session_id = full_session_id(sidecar.engine, session)
        request = CompactRequest(session_id=session_id, instructions=instructions)
        return answer(invocation, sidecar, request, output_format)


@click.command("rewind")
@click.argument("session")
@click.argument("turn")
@click.option("--yes", is_flag=True, help="Also files that were changed since, without asking.")
@takes_flags(asks_claude=False)
def rewind(flags: Flags, *, session: str, turn: str, yes: bool) -> int:
    """Put files back as they were before TURN of SESSION.

    Only files that Claude changed, in that turn and since. TURN is the beginning of its id, as
    `sessions show` has it, or its number, counted from 1.
    """
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        turn_id = full_turn_id(engine, full_session_id(engine, session), turn)
        plan = engine.call(engine.sidecar.sessions.plan_rewind, turn_id)
        agreed = yes or not plan.changed_since or _agrees(plan)
        rewound = engine.call(engine.sidecar.sessions.carry_out_rewind, plan, agreed=agreed)
    for path in rewound.restored:
        invocation.screen.line(f"Put back {visible(shown_path(path))}")
    for each in rewound.unrestored:
        invocation.screen.warn(f"{shown_path(each.path)}: {each.reason}")
    if not rewound.restored and not rewound.unrestored:
        invocation.screen.note("Every file that Claude changed is as it was before that turn.")
    return TURN_FAILED if rewound.unrestored else FINE


def _agrees(plan: Rewind) -> bool:
    names = describe([shown_path(path) for path in plan.changed_since])
    if not sys.stdin.isatty():
        raise InvalidRequest(
            f"{names}: changed since Claude changed it. Nobody is there to say whether that may be "
            "lost: give --yes to put it back all the same."
        )
    question = f"{visible(names)}: changed since Claude changed it. Put it back all the same?"
    return click.confirm(question, err=True)
