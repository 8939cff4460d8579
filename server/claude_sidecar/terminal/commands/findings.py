"""`claude-sidecar findings`: what was found and is kept, and decisions about it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

import click

from claude_sidecar.findings.model import FINDING_STATES, Finding, FindingState
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import FindingQuery
from claude_sidecar.sessions.shapes.findings import finding_shape
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.documents import findings_markdown, json_text
from claude_sidecar.terminal.engine import Engine
from claude_sidecar.terminal.finding_tables import print_findings, state_of
from claude_sidecar.terminal.findings import print_finding
from claude_sidecar.terminal.ids import full_finding_id
from claude_sidecar.terminal.invocation import Invocation, invoked, opened
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.program import FINE
from claude_sidecar.terminal.reports import REPORT_FORMATS, ReportFormat, write_document
from claude_sidecar.terminal.sarif import Period, sarif_log
from claude_sidecar.visible import one_line

Wanted: TypeAlias = FindingState | Literal["all"]


@click.group("findings", short_help="What was found.")
def command() -> None:
    """List what was found; dismiss it, or open it again.

    A finding is named by its id, or by as much of the id as tells it from the others.
    """


@command.command("list")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--state",
    "wanted",
    type=click.Choice([*FINDING_STATES, "all"]),
    default="open",
    show_default=True,
    help="Only those that are so now.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(REPORT_FORMATS),
    default="text",
    show_default=True,
    help="How the list is written.",
)
@takes_flags(asks_claude=False)
def list_(
    flags: Flags, *, paths: tuple[str, ...], wanted: Wanted, output_format: ReportFormat
) -> int:
    """List findings, where they are today: in files, in folders, or in the workspace."""
    invocation = invoked(flags, paths)
    with opened(invocation) as sidecar:
        queries = _queries(invocation, paths)
        found = _found(sidecar.engine, queries, None if wanted == "all" else wanted)
    _write(invocation, found, output_format)
    if not found and output_format == "text":
        others = "" if wanted == "all" else "; --state all lists the others"
        invocation.screen.note(f"There are none here{others}.")
    return FINE


@command.command("show")
@click.argument("finding")
@takes_flags(asks_claude=False)
def show(flags: Flags, *, finding: str) -> int:
    """Show a finding with its code, what it says and what it suggests."""
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        found = _today(engine, full_finding_id(engine, finding))
    print_finding(invocation.screen.out, found, invocation.sources)
    invocation.screen.line(f"  {one_line(state_of(found))}, finding {found.id}")
    return FINE


@command.command("dismiss")
@click.argument("finding")
@click.option("--reason", metavar="TEXT", help="Why; the next review is told.")
@takes_flags(asks_claude=False)
def dismiss(flags: Flags, *, finding: str, reason: str | None) -> int:
    """Decide that a finding is not to be shown again while its code is unchanged."""
    invocation = invoked(flags)
    words = " ".join(reason.split()) if reason else None
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        today = _today(engine, full_finding_id(engine, finding))
        found = engine.call(engine.sidecar.findings.dismiss, today.id, words or None)
    invocation.screen.line(f"Dismissed {one_line(found.title)!r}, finding {found.id}")
    return FINE


@command.command("reopen")
@click.argument("finding")
@takes_flags(asks_claude=False)
def reopen(flags: Flags, *, finding: str) -> int:
    """Take a decision about a finding back."""
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        today = _today(engine, full_finding_id(engine, finding))
        found = engine.call(engine.sidecar.findings.reopen, today.id)
    invocation.screen.line(f"{one_line(found.title)!r} is {found.state}, finding {found.id}")
    return FINE


def _queries(invocation: Invocation, paths: Sequence[str]) -> list[FindingQuery]:
    if not paths:
        return [FindingQuery(workspace=invocation.workspaces.key_of_workspace().workspace)]
    places = [canonical_path(path) for path in paths]
    return [
        FindingQuery(workspace=place) if Path(place).is_dir() else FindingQuery(file=place)
        for place in places
    ]


def _found(
    engine: Engine, queries: Sequence[FindingQuery], state: FindingState | None
) -> list[Finding]:
    """The findings of all queries, each once, in the order of the queries."""
    findings = engine.sidecar.findings
    known = [each for query in queries for each in engine.call(findings.list, query)]
    for file in dict.fromkeys(each.file for each in known):
        engine.call(findings.changed_on_disk, file)
    today = {each.id: each for query in queries for each in engine.call(findings.list, query)}
    return [each for each in today.values() if state in {None, each.state}]


def _today(engine: Engine, finding_id: str) -> Finding:
    """A finding where it is in its file as the disk has it.

    :raises UnknownId: if there is none of that id.
    """
    findings = engine.sidecar.findings
    known = engine.call(findings.get, finding_id)
    engine.call(findings.changed_on_disk, known.file)
    return engine.call(findings.get, finding_id)


def _write(invocation: Invocation, found: Sequence[Finding], output_format: ReportFormat) -> None:
    sources = invocation.sources
    match output_format:
        case "text":
            print_findings(invocation.screen, found)
        case "json":
            shapes = [finding_shape(each, sources.utf16_range) for each in found]
            write_document(invocation, json_text({"findings": shapes}))
        case "markdown":
            for file, group in groupby(found, key=lambda each: each.file):
                write_document(invocation, findings_markdown(file, list(group), sources))
        case "sarif":
            period = Period(time.time(), time.time())
            workspaces = invocation.workspaces
            log = sarif_log(found, (), workspaces=workspaces, sources=sources, period=period)
            write_document(invocation, json_text(log))
