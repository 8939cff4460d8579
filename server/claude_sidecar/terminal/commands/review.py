"""`claude-sidecar review PATH...`: review files, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from claude_sidecar.errors import InvalidRequest, NothingChanged
from claude_sidecar.findings.model import SEVERITIES, Severity, at_least
from claude_sidecar.sessions.budgets.cost_consent import in_words
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import Key, TurnResult
from claude_sidecar.sessions.planning.requests import ReviewChangesRequest, ReviewRequest
from claude_sidecar.sessions.ports.versions import WORKING
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.invocation import Invocation, Opened, invoked, opened
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.outcome import exit_status, follow_up, tell_ending
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.program import FINDINGS, FINE, INTERRUPTED, WRONG_USAGE
from claude_sidecar.terminal.reports import REPORT_FORMATS, Report, ReportFormat, new_report
from claude_sidecar.terminal.side_by_side import Outcome

AT_ONCE = 4
"""How many files are reviewed at the same time: each has a process of Claude Code."""


@click.command("review", short_help="Review files.")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--changes",
    metavar="BASE",
    is_flag=False,
    flag_value=WORKING,
    help='What has changed: "working" (all that is not committed), "staged", or since a git '
    "revision; below PATH, where one is given.",
)
@click.option("--focus", metavar="TEXT", help="What to look for, in your own words.")
@click.option("--fresh", is_flag=True, help="In a new conversation, not the file's current one.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(REPORT_FORMATS),
    default="text",
    show_default=True,
    help="How the result is written; JSON is one TurnResult a line, SARIF one log of all files.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="End with status 1 if there is a finding as grave as this.",
)
@click.option("--yes", is_flag=True, help="Do not ask first, whatever it may cost.")
@click.option("--no-hints", is_flag=True, help="Do not say how to go on.")
@takes_flags(asks_claude=True)
def command(
    flags: Flags,
    *,
    paths: tuple[str, ...],
    changes: str | None,
    focus: str | None,
    fresh: bool,
    output_format: ReportFormat,
    fail_on: Severity | None,
    yes: bool,
    no_hints: bool,
) -> int:
    """Review files, several at a time, or what has changed; what is found is kept with the files, and
    can be asked about.
    """
    if not paths and changes is None:
        raise click.UsageError("Name files to review, or ask for --changes.")
    invocation = invoked(flags, paths)
    with opened(invocation, answers=output_format == "text") as sidecar:
        report = new_report(output_format, invocation, sidecar)
        hints = not no_hints and output_format == "text"
        reviews = _Reviews(invocation, sidecar, report, fail_on, hints, yes)
        if changes is not None:
            return reviews.run_changes(changes, paths, focus=focus, fresh=fresh)
        keys = dict.fromkeys(invocation.workspaces.key_of_file(path) for path in paths)
        return reviews.run(
            [ReviewRequest(key, focus=focus, fresh=fresh, confirmed=True) for key in keys]
        )


@dataclass(frozen=True, slots=True)
class _Reviews:
    """The reviews of one call, and what is told of them."""

    invocation: Invocation
    sidecar: Opened
    report: Report
    fail_on: Severity | None
    hints: bool
    yes: bool

    def run_changes(
        self, base: str, paths: Sequence[str], *, focus: str | None, fresh: bool
    ) -> int:
        """Review what has changed, in each workspace that a path lies in: the gravest status."""
        engine = self.sidecar.engine
        statuses: list[int] = []
        for key, below in self._places(paths).items():
            try:
                changes = engine.call(engine.sidecar.changes.read, key, base, tuple(below))
            except NothingChanged as nothing:
                self.invocation.screen.say(str(nothing))
                continue
            except InvalidRequest as error:
                statuses.append(self._refuse(key, str(error)))
                continue
            request = ReviewChangesRequest(changes, focus, fresh, confirmed=True)
            if not self._agreed([request]):
                statuses.append(INTERRUPTED)
                continue
            outcomes = self.sidecar.run_all([request], at_once=1)
            statuses.extend(self._outcome(key, outcome) for outcome in outcomes)
        self.report.close()
        return max(statuses, default=FINE)

    def _places(self, paths: Sequence[str]) -> dict[Key, list[str]]:
        """The workspaces of the paths, and the paths relative to them; empty means all of one."""
        workspaces = self.invocation.workspaces
        if not paths:
            return {workspaces.key_of_workspace(): []}
        places: dict[Key, list[str]] = {}
        for path in paths:
            place = canonical_path(path)
            key = workspaces.key_of_file(place)
            whole = place in workspaces.folders
            below = places.setdefault(Key(place if whole else key.workspace), [])
            below.extend([] if whole or key.file is None else [key.file])
        return places

    def run(self, requests: Sequence[ReviewRequest]) -> int:
        """Review the files: the gravest exit status."""
        folders = {request.key for request in requests if Path(request.key.path).is_dir()}
        files = [request for request in requests if request.key not in folders]
        if not self._agreed(files):
            return INTERRUPTED
        outcomes = self.sidecar.run_all(files, at_once=AT_ONCE)
        statuses: list[int] = []
        for key in [request.key for request in requests]:
            if key in folders:
                statuses.append(self._refuse(key, _folder_problem(key)))
            elif (outcome := next(outcomes, None)) is None:
                self.report.refused(key, "Interrupted before its review had begun.")
                statuses.append(INTERRUPTED)
            else:
                statuses.append(self._outcome(key, outcome, alone=len(requests) == 1))
        self.report.close()
        return max(statuses)

    def _agreed(self, requests: Sequence[ReviewRequest | ReviewChangesRequest]) -> bool:
        """Say what it may cost, and ask where that is much. Where nobody is there to be asked it
        goes on: what holds then are the budgets.
        """
        engine, screen = self.sidecar.engine, self.invocation.screen
        warned = engine.call(engine.sidecar.estimator.of_all, requests)
        if warned is None:
            return True
        words = in_words(warned.estimate, len(requests))
        if self.yes or warned.reason is None:
            screen.note(words)
            return True
        screen.say(f"{words} {warned.reason}")
        person = self.sidecar.person
        return person is None or person.agree("Start?")

    def _outcome(self, key: Key, outcome: Outcome, *, alone: bool = False) -> int:
        if isinstance(outcome, InvalidRequest):
            return self._refuse(key, str(outcome))
        return self._tell(key, outcome, alone=alone)

    def _refuse(self, key: Key, reason: str) -> int:
        self.invocation.screen.fail(reason)
        self.report.refused(key, reason)
        return WRONG_USAGE

    def _tell(self, key: Key, result: TurnResult, *, alone: bool) -> int:
        self.report.reviewed(key, result)
        tell_ending(self.invocation.screen, result)
        if exit_status(result) != FINE:
            return exit_status(result)
        if alone and self.hints and self.invocation.screen.live:
            words = ("ask", "--file", shown_path(key.path), "Which one matters most?")
            self.invocation.screen.note(f"To go on: {follow_up(self.invocation.flags, *words)}")
        fail_on = self.fail_on
        grave = fail_on and any(at_least(found.severity, fail_on) for found in result.findings)
        return FINDINGS if grave else FINE


def _folder_problem(key: Key) -> str:
    return f"{shown_path(key.path)} is a folder: name the files in it."
