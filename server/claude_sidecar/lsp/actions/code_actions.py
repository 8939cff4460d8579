"""`textDocument/codeAction` and `codeAction/resolve`.

Findings are looked for by range, because not every client tells the diagnostics that are there.
The edit of a suggestion is made when an action is resolved, from the text as it is then, and
carries its version. Its command comes after it: it notices that the edit is made, and notes the
finding as fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp.actions import offers
from claude_sidecar.lsp.actions.comments import question_at
from claude_sidecar.lsp.actions.offers import Offer
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.names import DIAGNOSTIC_SOURCE, KIND_FIX_ALL
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import alone
from claude_sidecar.text import Range

_COMMENT_LINES: Final = 200
"""How many lines of a selection are searched for questions in comments."""
_SUGGESTIONS: Final = "suggestions"


class CodeActions:
    """What one client is offered."""

    def __init__(
        self,
        client: Client,
        host: SidecarHost,
        documents: OpenDocuments,
        *,
        ranges: Ranges,
        edits: FileEdits,
        diagnostics: Diagnostics,
    ) -> None:
        self._client = client
        self._host = host
        self._documents = documents
        self._ranges = ranges
        self._edits = edits
        self._diagnostics = diagnostics

    async def offer(
        self, params: types.CodeActionParams
    ) -> list[types.CodeAction] | list[types.Command]:
        """`textDocument/codeAction`."""
        uri, context = params.text_document.uri, params.context
        buffer = self._buffer(uri)
        if buffer is None:
            return []
        range_ = self._ranges.from_client(buffer.path, params.range)
        everything = [
            *self._about_findings(uri, buffer, range_),
            *self._about_diagnostics(uri, context.diagnostics),
            *self._about_place(uri, buffer, range_),
        ]
        wanted = [each for each in everything if _is_wanted(each.kind, context)]
        if not self._client.action_literals:
            return [_command(each) for each in wanted]
        return [self._action(each) for each in wanted]

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """`codeAction/resolve`: adds the edit, if the text is still what the suggestion fits."""
        data: Any = action.data
        ids: Any = cast(Any, data).get(_SUGGESTIONS) if isinstance(data, Mapping) else None
        if isinstance(ids, list):
            action.edit = self._edit([str(each) for each in cast(list[Any], ids)])
        return action

    def _buffer(self, uri: str) -> Buffer | None:
        try:
            return self._documents.at(path_from_uri(uri))
        except InvalidRequest:
            return None

    def _about_findings(self, uri: str, buffer: Buffer, range_: Range) -> list[Offer]:
        sidecar = self._host.current
        known = () if sidecar is None else sidecar.findings.known(buffer.path)
        shown = [each for each in known if self._diagnostics.is_shown(each)]
        panel = self._client.session_updates
        here = [
            offer
            for each in shown
            if _touch(each.range, range_)
            for offer in offers.about_finding(
                each,
                self._diagnostics.diagnostic(each),
                uri=uri,
                fits=_fits(each, buffer),
                panel=panel,
            )
        ]
        fitting = [each for each in shown if _fits(each, buffer)]
        hints = [each for each in shown if each.severity == "hint"]
        return [*here, *offers.about_file(uri, fitting, hints)]

    def _about_diagnostics(
        self, uri: str, diagnostics: Iterable[types.Diagnostic]
    ) -> Iterable[Offer]:
        others = [each for each in diagnostics if each.source != DIAGNOSTIC_SOURCE]
        shapes = [_diagnostic_shape(each) for each in others]
        for each, shape in zip(others, shapes, strict=True):
            yield from offers.about_diagnostic(uri, each, shape)
        asks = "diagnostics" in self._client.context_kinds
        yield from offers.about_diagnostics(uri, shapes, others, asks=asks)

    def _about_place(self, uri: str, buffer: Buffer, range_: Range) -> Iterable[Offer]:
        last = min(range_.end.line, range_.start.line + _COMMENT_LINES)
        for number in range(range_.start.line, last + 1):
            asked = question_at(number, buffer.line, buffer.line_count)
            if asked is not None:
                around = self._ranges.shape(buffer.path, asked.range)
                yield offers.of_comment(uri, around, asked.text)
        if range_.start != range_.end:
            selected = self._ranges.shape(buffer.path, range_)
            yield from offers.about_selection(uri, selected, panel=self._client.session_updates)

    def _action(self, offer: Offer) -> types.CodeAction:
        action = types.CodeAction(
            title=offer.title,
            kind=offer.kind,
            diagnostics=list(offer.diagnostics) or None,
            is_preferred=True if offer.preferred else None,
            command=_command(offer),
        )
        if offer.suggestions and self._client.resolves_edits:
            action.data = {_SUGGESTIONS: list(offer.suggestions)}
        elif offer.suggestions:
            action.edit = self._edit(offer.suggestions)
        return action

    def _edit(self, finding_ids: Sequence[str]) -> types.WorkspaceEdit | None:
        """None where nothing fits any more; the command then tells the user why."""
        sidecar = self._host.current
        if sidecar is None:
            return None
        wanted = set(finding_ids)
        found = [
            each
            for path in self._documents.paths
            for each in sidecar.findings.known(path)
            if each.id in wanted
        ]
        edit, _ = sidecar.findings.all_suggested(found)
        return None if edit is None else self._edits.workspace_edit(alone(edit))


def _fits(finding: Finding, buffer: Buffer) -> bool:
    return finding.suggestion is not None and buffer.text_in(finding.range) == finding.quote


def _touch(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _is_wanted(kind: str, context: types.CodeActionContext) -> bool:
    """What is done without being asked for, on saving say, is only done where it is set by name."""
    if context.only is None:
        return True
    wanted = [str(getattr(each, "value", each)) for each in context.only]
    if kind == KIND_FIX_ALL and context.trigger_kind == types.CodeActionTriggerKind.Automatic:
        return kind in wanted
    return any(not each or kind == each or kind.startswith(f"{each}.") for each in wanted)


def _command(offer: Offer) -> types.Command:
    return types.Command(offer.title, offer.command, arguments=[offer.argument])


def _diagnostic_shape(diagnostic: types.Diagnostic) -> JsonObject:
    """What `debug` and `fix` take."""
    start, end = diagnostic.range.start, diagnostic.range.end
    shape: JsonObject = {
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "message": diagnostic.message,
    }
    if diagnostic.severity is not None:
        shape["severity"] = int(diagnostic.severity)
    if diagnostic.code is not None:
        shape["code"] = diagnostic.code
    if diagnostic.source is not None:
        shape["source"] = diagnostic.source
    return shape
