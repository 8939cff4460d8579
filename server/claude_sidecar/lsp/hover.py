"""`textDocument/hover`: what a finding says, when the mouse rests on its text."""

from __future__ import annotations

from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.finding_text import Origin, finding_text
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sidecar import Sidecar
from claude_sidecar.text import Position, Range


class Hovers:
    """What one client is told of a place."""

    def __init__(
        self,
        client: Client,
        host: SidecarHost,
        documents: OpenDocuments,
        *,
        ranges: Ranges,
        diagnostics: Diagnostics,
    ) -> None:
        self._client = client
        self._host = host
        self._documents = documents
        self._ranges = ranges
        self._diagnostics = diagnostics

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """`textDocument/hover`."""
        sidecar = self._host.current
        try:
            buffer = self._documents.at(path_from_uri(params.text_document.uri))
        except InvalidRequest:
            return None
        if sidecar is None or buffer is None:
            return None
        asked = types.Range(params.position, params.position)
        place = self._ranges.from_client(buffer.path, asked).start
        found = [
            each
            for each in sidecar.findings.known(buffer.path)
            if self._diagnostics.is_shown(each) and each.range.start <= place <= each.range.end
        ]
        if not found:
            return None
        range_ = self._ranges.to_client(buffer.path, found[0].range)
        replaced = [_replaced(each, buffer) for each in found]  # before anything is awaited
        markdown = self._client.hover_format == types.MarkupKind.Markdown
        texts = [
            finding_text(each, lines, await _origin(sidecar, each), markdown=markdown)
            for each, lines in zip(found, replaced, strict=True)
        ]
        between = "\n\n---\n\n" if markdown else "\n\n"
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        return types.Hover(types.MarkupContent(kind, between.join(texts)), range_)


def _replaced(finding: Finding, buffer: Buffer) -> tuple[list[str], list[str]] | None:
    """The whole lines that a suggestion changes, and what it makes of them."""
    if finding.suggestion is None:
        return None
    start, end = finding.range.start, finding.range.end
    lines = [buffer.line(number) for number in range(start.line, end.line + 1)]
    head = buffer.text_in(Range(Position(start.line, 0), start))
    tail = buffer.line(end.line)[end.character :]
    return lines, f"{head}{finding.suggestion}{tail}".splitlines()


async def _origin(sidecar: Sidecar, finding: Finding) -> Origin | None:
    turn = await sidecar.store.turn(finding.turn_id)
    session = await sidecar.store.session(finding.session_id)
    if turn is None or session is None:
        return None
    return Origin(turn.kind, turn.started_at, session.title, session.id)
