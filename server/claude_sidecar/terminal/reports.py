"""How the reviews of one call are written: as text, JSON, Markdown or SARIF.

Each format has a report that is told of the reviews in the order of their files, and closed once.
What is told to the person besides (why something failed, what it cost) is not its matter.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias, get_args

from claude_sidecar.findings.model import Finding, at_least
from claude_sidecar.sessions.model import Key, TurnResult
from claude_sidecar.terminal.documents import json_text, result_json, review_markdown
from claude_sidecar.terminal.findings import counted
from claude_sidecar.terminal.invocation import Invocation, Opened
from claude_sidecar.terminal.outcome import ending, spent
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.sarif import Period, Trouble, sarif_log

ReportFormat: TypeAlias = Literal["text", "json", "markdown", "sarif"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)


class Report(Protocol):
    """Takes in what became of each file."""

    def reviewed(self, key: Key, result: TurnResult) -> None:
        """A review is over, well or not."""
        ...

    def refused(self, key: Key, reason: str) -> None:
        """A file was not reviewed."""
        ...

    def close(self) -> None:
        """There is nothing more to come."""
        ...


def new_report(output_format: ReportFormat, invocation: Invocation, sidecar: Opened) -> Report:
    """The report of a format."""
    match output_format:
        case "text":
            return _TextReport(invocation, sidecar)
        case "json" | "markdown":
            return _DocumentReport(invocation, output_format)
        case "sarif":
            return _SarifReport(invocation, sidecar)


def write_document(invocation: Invocation, document: str) -> None:
    """Write a whole document to standard output."""
    invocation.screen.out.file.write(document + "\n")
    invocation.screen.out.file.flush()


class _TextReport:
    """Findings have been shown as they came: what is left is a line for each file."""

    def __init__(self, invocation: Invocation, sidecar: Opened) -> None:
        self._invocation = invocation
        self._display = sidecar.display

    def reviewed(self, key: Key, result: TurnResult) -> None:
        self._display.begin_block("summary")
        cost = spent(result, offline=self._invocation.settings.offline)
        shown = counted(_shown(self._invocation, result))
        self._invocation.screen.line(f"{shown_path(key.path)}: {shown} · {cost}")

    def refused(self, key: Key, reason: str) -> None:
        """Nothing: the person was told."""

    def close(self) -> None:
        """Nothing is held back."""


class _DocumentReport:
    """A line of JSON, or a section of Markdown, for each file."""

    def __init__(self, invocation: Invocation, output_format: Literal["json", "markdown"]) -> None:
        self._invocation = invocation
        self._format = output_format

    def reviewed(self, key: Key, result: TurnResult) -> None:
        sources = self._invocation.sources
        if self._format == "json":
            document = result_json(result, sources)
        else:
            shown = _shown(self._invocation, result)
            document = review_markdown(key.path, result, shown, sources)
        write_document(self._invocation, document)

    def refused(self, key: Key, reason: str) -> None:
        """Nothing: a document has no place for it."""

    def close(self) -> None:
        """Nothing is held back."""


class _SarifReport:
    """One log of all files, written at the end; dismissals that still hold are in it."""

    def __init__(self, invocation: Invocation, sidecar: Opened) -> None:
        self._invocation = invocation
        self._engine = sidecar.engine
        self._findings: dict[str, Finding] = {}
        self._troubles: list[Trouble] = []
        self._began = time.time()

    def reviewed(self, key: Key, result: TurnResult) -> None:
        known = self._engine.call(self._engine.sidecar.findings.for_review, key.workspace, key.path)
        settled = [each for each in known if each.file == key.path and each.state == "dismissed"]
        for finding in (*_shown(self._invocation, result), *settled):
            self._findings[finding.id] = finding
        words = ending(result)
        if words is not None:
            kind = "turn-failed" if result.stop_reason == "error" else "turn-incomplete"
            self._troubles.append(Trouble(kind, key.path, words))

    def refused(self, key: Key, reason: str) -> None:
        self._troubles.append(Trouble("not-reviewed", key.path, reason))

    def close(self) -> None:
        log = sarif_log(
            self._findings.values(),
            self._troubles,
            workspaces=self._invocation.workspaces,
            sources=self._invocation.sources,
            period=Period(self._began, time.time()),
        )
        write_document(self._invocation, json_text(log))


def _shown(invocation: Invocation, result: TurnResult) -> Sequence[Finding]:
    return [each for each in result.findings if at_least(each.severity, invocation.least)]
