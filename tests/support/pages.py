"""Documents in a test's editor: edited, and applying the server's edits as a careful editor does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import anyio
from lsprotocol import types

from claude_sidecar.text import LineIndex, Position, Range, TextEdit, apply_text_edits
from support.editors import DEADLINE, PANEL, Editor, capabilities


def able(
    own: Mapping[str, Any] | None = PANEL,
    *,
    literals: bool = True,
    resolves: bool = True,
    hover: types.MarkupKind = types.MarkupKind.Markdown,
    applies: bool = True,
    versions: bool = True,
) -> types.ClientCapabilities:
    """What an editor declares that knows code actions, hovers, lenses and versioned edits.

    Positions are counted in UTF-32, so that a test's columns are Python's.
    """
    declared = capabilities(
        own=own,
        encodings=["utf-32"],
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=applies,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versions),
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                dynamic_registration=True
            ),
            file_operations=types.FileOperationClientCapabilities(did_rename=True),
        ),
    )
    texts = declared.text_document
    assert texts is not None
    texts.hover = types.HoverClientCapabilities(content_format=[hover])
    texts.code_lens = types.CodeLensClientCapabilities()
    texts.code_action = types.CodeActionClientCapabilities(data_support=resolves)
    if literals:
        kinds = types.ClientCodeActionKindOptions(value_set=[types.CodeActionKind.QuickFix])
        texts.code_action.code_action_literal_support = types.ClientCodeActionLiteralOptions(kinds)
    if resolves:
        texts.code_action.resolve_support = types.ClientCodeActionResolveOptions(["edit"])
    return declared


class Page:
    """One open document, on the editor's side."""

    def __init__(self, editor: Editor, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.version = 1
        self._editor = editor
        self.uri = editor.open(path)
        converter: Any = cast(Any, editor.client.protocol)._converter

        def action(raw: Any, _: Any) -> Any:
            """One may have a command too, which lsprotocol's own hook takes for the whole."""
            plain = isinstance(raw.get("command"), str)
            return converter.structure(raw, types.Command if plain else types.CodeAction)

        converter.register_structure_hook(types.Command | types.CodeAction, action)

    def range_of(self, quote: str) -> types.Range:
        """Where a text stands first."""
        start = self.text.index(quote)
        return _wire(LineIndex(self.text).range_between(start, start + len(quote)))

    def replace(self, old: str, new: str) -> None:
        """The user replaces the first occurrence of a text."""
        range_ = self.range_of(old)
        self.text = self.text.replace(old, new, 1)
        self._changed([types.TextDocumentContentChangePartial(range=range_, text=new)])

    def apply(self, edit: types.WorkspaceEdit) -> bool:
        """Carry out an edit of this document, unless it was made for another version of it."""
        assert edit.document_changes is not None
        (change,) = edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.uri == self.uri
        if change.text_document.version != self.version:
            return False
        edits = [TextEdit(_unwired(each.range), each.new_text) for each in _plain(change)]
        self.text = apply_text_edits(self.text, edits)
        changes = [
            types.TextDocumentContentChangePartial(range=_wire(each.range), text=each.new_text)
            for each in sorted(edits, key=lambda each: each.range, reverse=True)
        ]
        self._changed(changes)
        return True

    def saved(self) -> None:
        """The editor has saved it."""
        self._editor.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri))
        )

    def close(self) -> None:
        self._editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri))
        )

    async def shows(self, *places: tuple[int, str]) -> None:
        """Wait until the diagnostics of this very version are these, by line and title."""

        def as_expected() -> bool:
            last = next((p for p in reversed(self._editor.published) if p.uri == self.uri), None)
            if last is None:
                return not places
            found = [(each.range.start.line, title(each)) for each in last.diagnostics]
            return last.version == self.version and found == list(places)

        try:
            await self._editor.until(as_expected)
        except TimeoutError:
            told = [
                (p.version, [(d.range.start.line, title(d)) for d in p.diagnostics])
                for p in self._editor.published
                if p.uri == self.uri
            ]
            raise AssertionError(f"version {self.version}: {places} not in {told}") from None

    async def actions(
        self,
        place: types.Range,
        *,
        only: list[str] | None = None,
        diagnostics: tuple[types.Diagnostic, ...] = (),
        trigger: types.CodeActionTriggerKind | None = None,
    ) -> list[Any]:
        """The code actions of a place."""
        context = types.CodeActionContext(list(diagnostics), only, trigger)  # pyright: ignore[reportArgumentType]
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri), place, context)
        with anyio.fail_after(DEADLINE):
            return list(await self._editor.client.text_document_code_action_async(params) or ())

    def _changed(self, changes: list[types.TextDocumentContentChangePartial]) -> None:
        self.version += 1
        self._editor.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri), list(changes)
            )
        )


def title(diagnostic: types.Diagnostic) -> str:
    """The first line of its message."""
    return diagnostic.message.partition("\n")[0]


def take_edits(editor: Editor, page: Page) -> list[bool]:
    """Let the editor carry out `workspace/applyEdit` for a page; whether it did, each time."""
    done: list[bool] = []

    def handler(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        done.append(page.apply(params.edit))
        reason = None if done[-1] else "The document has another version."
        return types.ApplyWorkspaceEditResult(done[-1], reason)

    editor.client.feature(types.WORKSPACE_APPLY_EDIT)(handler)
    return done


def count_refreshes(editor: Editor) -> list[None]:
    """One entry for each `workspace/codeLens/refresh` that comes from now on."""
    seen: list[None] = []

    def handler(params: Any) -> None:
        del params
        seen.append(None)
        editor.happened()

    editor.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(handler)
    return seen


def _plain(change: types.TextDocumentEdit) -> list[types.TextEdit]:
    assert all(type(each) is types.TextEdit for each in change.edits)
    return [each for each in change.edits if isinstance(each, types.TextEdit)]


def _wire(range_: Range) -> types.Range:
    start, end = range_.start, range_.end
    return types.Range(
        types.Position(start.line, start.character), types.Position(end.line, end.character)
    )


def _unwired(range_: types.Range) -> Range:
    start, end = range_.start, range_.end
    return Range(Position(start.line, start.character), Position(end.line, end.character))
