"""Findings as diagnostics: published when they are reported, and again when a file is opened.

What is shown is kept by file and finding. A stored finding is looked for by its quote when its
file is opened, because the text may have changed since; one whose text is gone is not shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from lsprotocol import types

from claude_sidecar.errors import AnchorError
from claude_sidecar.findings.anchor import locate
from claude_sidecar.findings.model import Finding, Severity, at_least
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import SEVERITIES, Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.names import DIAGNOSTIC_SOURCE
from claude_sidecar.sessions.events import FindingReported, Update
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.text import LineIndex

logger = logging.getLogger(__name__)


class Diagnostics:
    """What one client is shown.

    :param threshold: the mildest severity to show, by the path of the file.
    """

    def __init__(
        self,
        client: Client,
        documents: OpenDocuments,
        ranges: Ranges,
        threshold: Callable[[str], Severity],
    ) -> None:
        self._client = client
        self._documents = documents
        self._ranges = ranges
        self._threshold = threshold
        self._findings: dict[str, dict[str, Finding]] = {}

    def take(self, update: Update) -> None:
        """A subscriber of the event bus."""
        if isinstance(update.event, FindingReported):
            finding = update.event.finding
            self._findings.setdefault(finding.file, {})[finding.id] = finding
            self.publish(finding.file)

    def show_stored(self, buffer: Buffer, stored: Iterable[Finding]) -> None:
        """Show the open findings of a document that was opened, where they are now."""
        index = LineIndex(buffer.text)
        known = self._findings.setdefault(buffer.path, {})
        for finding in stored:
            if finding.id not in known:
                anchored = _anchored(index, finding)
                if anchored is not None:
                    known[finding.id] = anchored
        if known:
            self.publish(buffer.path)

    def move(self, old: str, new: str) -> None:
        """A file was renamed, or a folder with all that lies in it."""
        for path in tuple(self._findings):
            if path == old or path.startswith(f"{old}/"):
                findings = self._findings[path]
                self._findings[path] = {}
                self.publish(path)
                del self._findings[path]
                there = new + path[len(old) :]
                moved = {key: replace(each, file=there) for key, each in findings.items()}
                self._findings.setdefault(there, {}).update(moved)
                self.publish(there)

    def forget_session(self, session_id: str) -> None:
        """A session was deleted, and its findings with it."""
        for path, findings in self._findings.items():
            kept = {key: each for key, each in findings.items() if each.session_id != session_id}
            if len(kept) != len(findings):
                self._findings[path] = kept
                self.publish(path)

    def publish(self, path: str) -> None:
        """Send what there is of a file, under each name by which it is open."""
        threshold = self._threshold(path)
        shown = [
            self._diagnostic(finding)
            for finding in self._findings.get(path, {}).values()
            if finding.state == "open" and at_least(finding.severity, threshold)
        ]
        buffer = self._documents.at(path)
        version = None if buffer is None else buffer.version
        for uri in self._documents.uris_of(path) or [uri_from_path(path)]:
            params = types.PublishDiagnosticsParams(uri, shown, version)
            self._client.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def publish_all(self) -> None:
        """The settings may have changed what is shown."""
        for path in self._findings:
            self.publish(path)

    def _diagnostic(self, finding: Finding) -> types.Diagnostic:
        range_ = self._ranges.to_client(finding.file, finding.range)
        message = finding.title
        scenario = finding.failure_scenario
        related: list[types.DiagnosticRelatedInformation] | None = None
        if finding.message and finding.message != finding.title:
            message = f"{finding.title}\n\n{finding.message}"
        if scenario and self._client.related_information:
            location = types.Location(uri_from_path(finding.file), range_)
            related = [types.DiagnosticRelatedInformation(location, scenario)]
        elif scenario:
            message = f"{message}\n\nFails when: {scenario}"
        return types.Diagnostic(
            range=range_,
            message=message,
            severity=SEVERITIES[finding.severity],
            code=finding.category,
            source=DIAGNOSTIC_SOURCE,
            related_information=related,
            data={"findingId": finding.id},
        )


def _anchored(index: LineIndex, finding: Finding) -> Finding | None:
    try:
        located = locate(index, finding.quote, finding.range.start.line)
    except AnchorError:
        logger.debug("The text of finding %s is gone", finding.id)
        return None
    return replace(finding, range=located.range)
