"""Findings as diagnostics: what one client is shown of a file whenever its findings change.

Those of an open document are published with its version, as they are at that moment; once more when
the typing pauses, so that no client keeps the places of a text that has passed. Those of a file
that is not open are looked up in the store, and looked for on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

import anyio.to_thread
from lsprotocol import types

from claude_sidecar.findings.model import Finding, Severity, at_least
from claude_sidecar.lsp.background import Background
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import SEVERITIES, Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.names import DIAGNOSTIC_SOURCE
from claude_sidecar.sessions.keys import is_at, uri_from_path
from claude_sidecar.visible import visible

PAUSE_SECONDS: Final = 0.4
"""Without an edit: longer than the domain takes to look for findings that were touched."""


class Diagnostics:
    """What one client is shown.

    :param threshold: the mildest severity to show, by the path of the file.
    """

    def __init__(
        self,
        client: Client,
        host: SidecarHost,
        documents: OpenDocuments,
        ranges: Ranges,
        background: Background,
        *,
        threshold: Callable[[str], Severity],
    ) -> None:
        self._client = client
        self._host = host
        self._documents = documents
        self._ranges = ranges
        self._background = background
        self._threshold = threshold
        self._published: dict[str, list[str]] = {}  # by path, the URIs under which some are shown
        self._edited_at: dict[str, float] = {}
        self._pausing: set[str] = set()

    def publish(self, path: str) -> None:
        """Send what there is of a file; a subscriber of the findings."""
        if self._documents.at(path) is None:
            self._background.in_order(partial(self._publish_closed, path))
        elif self._host.current is not None:
            self._send(path, self._host.current.findings.known(path))

    def publish_all(self) -> None:
        """What is shown may be another, in any file."""
        for path in {*self._published, *self._documents.paths}:
            self.publish(path)

    def moved(self, old: str, now: Iterable[str]) -> None:
        """A file was renamed, or a folder with all that lies in it.

        :param now: where the files are that have findings. What was shown does not tell: a file
            that was closed and is gone shows nothing by the time its new name is known.
        """
        before = [path for path in self._published if is_at(path, old)]
        for path in {*before, *now}:
            self.publish(path)

    def edited(self, path: str) -> None:
        """A document was changed: tell where its diagnostics are now, when the typing pauses."""
        if path in self._published:
            loop = asyncio.get_running_loop()
            self._edited_at[path] = loop.time()
            if path not in self._pausing:
                self._pausing.add(path)
                loop.call_later(PAUSE_SECONDS, self._after_a_pause, path)

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """A finding as the client is told it."""
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
            message=visible(message),
            severity=SEVERITIES[finding.severity],
            code=finding.category,
            source=DIAGNOSTIC_SOURCE,
            related_information=related,
            data={"findingId": finding.id},
        )

    def is_shown(self, finding: Finding) -> bool:
        """Whether it is open, and grave enough."""
        return finding.state == "open" and at_least(finding.severity, self._threshold(finding.file))

    async def _publish_closed(self, path: str) -> None:
        sidecar = await self._host.get()
        found = await sidecar.findings.of_file(path)
        if not await anyio.to_thread.run_sync(Path(path).is_file):
            found = ()
        await self._ranges.prepare(found)
        if self._documents.at(path) is None:
            self._send(path, found)

    def _send(self, path: str, findings: Iterable[Finding]) -> None:
        """Under each name by which the file is open, else under those by which it was shown."""
        shown = [self.diagnostic(each) for each in findings if self.is_shown(each)]
        before = self._published.pop(path, [])
        names = self._documents.uris_of(path) or before or [uri_from_path(path)]
        buffer = self._documents.at(path)
        version = None if buffer is None else buffer.version
        for uri in dict.fromkeys([*names, *before]):
            if (shown and uri in names) or uri in before:
                params = types.PublishDiagnosticsParams(
                    uri, shown if uri in names else [], version if uri in names else None
                )
                self._client.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
        if shown:
            self._published[path] = names

    def _after_a_pause(self, path: str) -> None:
        loop = asyncio.get_running_loop()
        rest = self._edited_at[path] + PAUSE_SECONDS - loop.time()
        if rest > 0:
            loop.call_later(rest, self._after_a_pause, path)
        else:
            self._pausing.discard(path)
            if path in self._published:
                self.publish(path)
