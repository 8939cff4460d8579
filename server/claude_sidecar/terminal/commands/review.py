"""`claude-sidecar review PATH...`: review files, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
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
@click.option("--no-hints", is_flag=True, help="Do not say how to go on.")
@takes_flags(asks_claude=True)
def command(
    flags: Flags,
    *,
    paths: tuple[str, ...],
    focus: str | None,
    fresh: bool,
    output_format: str,
    fail_on: Severity | None,
    no_hints: bool,
) -> int:
    """Review files; what is found is kept with them, and can be asked about."""
    invocation = invoked(flags, paths)
    statuses: list[int] = []
    with opened(invocation, answers=output_format == "text") as sidecar:
        reviews = _Reviews(
            invocation, sidecar, output_format, fail_on, hints=len(paths) == 1 and not no_hints
        )
        for path in paths:
            key = invocation.workspaces.key_of_file(path)
            statuses.append(reviews.run(ReviewRequest(key, focus=focus, fresh=fresh)))
            if statuses[-1] == INTERRUPTED:
                break
    return max(statuses)


@dataclass(frozen=True, slots=True)
class _Reviews:
    """How the reviews of one call are run and written."""

    invocation: Invocation
    sidecar: Opened
    output_format: str
    fail_on: Severity | None
    hints: bool

    def run(self, request: ReviewRequest) -> int:
        """Review one file: the exit status."""
        screen = self.invocation.screen
        if Path(request.key.path).is_dir():
            screen.fail(f"{shown_path(request.key.path)} is a folder: name the files in it.")
            return WRONG_USAGE
        try:
            result = self.sidecar.run(request)
        except InvalidRequest as error:
            screen.fail(str(error))
            return WRONG_USAGE
        self._write(request.key, result)
        tell_ending(screen, result)
        if exit_status(result) != FINE:
            return exit_status(result)
        self._hint(request.key)
        fail_on = self.fail_on
        grave = fail_on and any(at_least(found.severity, fail_on) for found in result.findings)
        return FINDINGS if grave else FINE

    def _write(self, key: Key, result: TurnResult) -> None:
        invocation = self.invocation
        shown = [each for each in result.findings if at_least(each.severity, invocation.least)]
        if self.output_format == "text":
            self.sidecar.display.begin_block("summary")
            cost = spent(result, offline=invocation.settings.offline)
            invocation.screen.line(f"{shown_path(key.path)}: {counted(shown)} · {cost}")
            return
        if self.output_format == "json":
            document = result_json(result, invocation.sources)
        else:
            document = review_markdown(key.path, result, shown, invocation.sources)
        invocation.screen.out.file.write(document + "\n")
        invocation.screen.out.file.flush()

    def _hint(self, key: Key) -> None:
        if self.hints and self.output_format == "text" and self.invocation.screen.live:
            words = ("ask", "--file", shown_path(key.path), "Which one matters most?")
            self.invocation.screen.note(f"To go on: {follow_up(self.invocation.flags, *words)}")
