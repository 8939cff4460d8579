"""`claude-sidecar review PATH...`: review files, one after the other."""

from __future__ import annotations

from pathlib import Path

import click

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import SEVERITIES, Severity, at_least
from claude_sidecar.sessions.model import Key, TurnResult
from claude_sidecar.sessions.requests import ReviewRequest
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import result_json, review_markdown
from claude_sidecar.terminal.findings import counted
from claude_sidecar.terminal.invocation import Invocation, Opened, invoked, opened
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.outcome import exit_status, follow_up, spent, tell_ending
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.program import FINDINGS, FINE, INTERRUPTED, WRONG_USAGE


@click.command("review", short_help="Review files.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--focus", metavar="TEXT", help="What to look for, in your own words.")
@click.option("--fresh", is_flag=True, help="In a new conversation, not the file's current one.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the result is written; JSON is one TurnResult a line.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="End with status 1 if there is a finding as grave as this.",
)
@takes_flags(asks_claude=True)
def command(
    flags: Flags,
    *,
    paths: tuple[str, ...],
    focus: str | None,
    fresh: bool,
    output_format: str,
    fail_on: Severity | None,
) -> int:
    """Review files; what is found is kept with them, and can be asked about."""
    invocation = invoked(flags, paths)
    statuses: list[int] = []
    with opened(invocation, answers=output_format == "text") as sidecar:
        for path in paths:
            key = invocation.workspaces.key_of_file(path)
            request = ReviewRequest(key, focus=focus, fresh=fresh)
            status = _review(invocation, sidecar, request, output_format, fail_on)
            statuses.append(status)
            if status == INTERRUPTED:
                break
    return max(statuses)


def _review(
    invocation: Invocation,
    sidecar: Opened,
    request: ReviewRequest,
    output_format: str,
    fail_on: Severity | None,
) -> int:
    screen = invocation.screen
    if Path(request.key.path).is_dir():
        screen.fail(f"{shown_path(request.key.path)} is a folder: name the files in it.")
        return WRONG_USAGE
    try:
        result = sidecar.run(request)
    except InvalidRequest as error:
        screen.fail(str(error))
        return WRONG_USAGE
    _write(invocation, sidecar, request.key, result, output_format)
    tell_ending(screen, result)
    if output_format == "text":
        _tell_next(invocation, request.key, result)
    if exit_status(result) != FINE:
        return exit_status(result)
    grave = fail_on and any(at_least(found.severity, fail_on) for found in result.findings)
    return FINDINGS if grave else FINE


def _write(
    invocation: Invocation, sidecar: Opened, key: Key, result: TurnResult, output_format: str
) -> None:
    out = invocation.screen.out
    shown = [each for each in result.findings if at_least(each.severity, invocation.least)]
    if output_format == "json":
        document = result_json(result, invocation.sources)
    elif output_format == "markdown":
        document = review_markdown(key.path, result, shown, invocation.sources)
    else:
        sidecar.display.begin_block("summary")
        invocation.screen.line(f"{shown_path(key.path)}: {counted(shown)} · {spent(result)}")
        return
    out.file.write(document + "\n")
    out.file.flush()


def _tell_next(invocation: Invocation, key: Key, result: TurnResult) -> None:
    if invocation.screen.live and exit_status(result) == FINE:
        file = shown_path(key.path)
        ask = follow_up(invocation.flags, "ask", "--file", file, "Which one matters most?")
        invocation.screen.note(f"To go on: {ask}")
