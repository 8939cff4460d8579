"""A keystroke: what it costs to keep a document and its findings in step with the editor."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from bench.comparing import Comparison, Subject
from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.text import LineIndex, Position, Range

URI = "file:///projects/shop/cart.py"
KEYSTROKES = 10
"""In one sample; one takes less than a timer can tell."""
LINE = "        total = total + item.price * item.quantity  # line %d\n"


@pytest.mark.parametrize("lines", [1_000, 10_000, 100_000])
def test_keystroke_in_a_document(comparison: Comparison, lines: int) -> None:
    text = _text(lines)
    comparison.run(
        f"keystroke in {lines:,} lines",
        Subject("claude-sidecar, 10 findings", _typing(_ours(text, lines, 10), lines)),
        Subject("pygls' own text document", _typing(_pyglss(text), lines)),
        rounds=20,
        per_sample=KEYSTROKES,
    )


def test_keystroke_away_from_findings(comparison: Comparison) -> None:
    lines = 100_000
    text = _text(lines)
    many, *fewer = (
        Subject(f"{count:,} findings", _typing(_ours(text, lines, count), lines))
        for count in (1_000, 10, 0)
    )
    comparison.run(
        f"keystroke in {lines:,} lines, away from",
        many,
        *fewer,
        rounds=200,
        per_sample=KEYSTROKES,
    )


def test_new_line_above_findings(comparison: Comparison) -> None:
    """The costliest keystroke: every finding below it moves."""
    lines = 10_000
    text = _text(lines)
    many, *fewer = (
        Subject(f"{count:,} findings", _typing(_ours(text, lines, count), lines, "\n"))
        for count in (1_000, 10, 0)
    )
    comparison.run(
        f"new line in {lines:,} lines, above half of",
        many,
        *fewer,
        rounds=200,
        per_sample=KEYSTROKES,
    )


def _text(lines: int) -> str:
    return "".join(LINE % number for number in range(lines))


def _typing(
    change: Callable[[types.DidChangeTextDocumentParams], None], lines: int, key: str = "x"
) -> Callable[[], None]:
    """Types in the middle of the document, on and on."""
    versions = itertools.count(2)
    at = types.Position(lines // 2, 8)

    def type_some() -> None:
        for _ in range(KEYSTROKES):
            change(
                types.DidChangeTextDocumentParams(
                    types.VersionedTextDocumentIdentifier(next(versions), URI),
                    [types.TextDocumentContentChangePartial(types.Range(at, at), key)],
                )
            )

    return type_some


def _ours(text: str, lines: int, count: int) -> Callable[[types.DidChangeTextDocumentParams], None]:
    documents = OpenDocuments("utf-16")
    documents.did_open(types.DidOpenTextDocumentParams(_item(text)))
    findings = _findings(text, lines, count)

    def change(params: types.DidChangeTextDocumentParams) -> None:
        documents.did_change(params)
        for each in params.content_changes:
            assert isinstance(each, types.TextDocumentContentChangePartial)
            start = Position(each.range.start.line, each.range.start.character)
            findings.edit(Edit(Range(start, start), "", each.text))

    return change


def _pyglss(text: str) -> Callable[[types.DidChangeTextDocumentParams], None]:
    workspace = Workspace(None, types.TextDocumentSyncKind.Incremental)
    workspace.put_text_document(_item(text))

    def change(params: types.DidChangeTextDocumentParams) -> None:
        update = partial(workspace.update_text_document, params.text_document)
        for each in params.content_changes:
            update(each)

    return change


def _item(text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(URI, "python", 1, text)


def _findings(text: str, lines: int, count: int) -> DocumentFindings:
    """Findings spread over the document, none of them in its middle line."""
    places = (lines * number // count for number in range(count))
    found = [_finding(line, LINE % line) for line in places if line != lines // 2]
    return DocumentFindings(found, LineIndex(text))


def _finding(line: int, text: str) -> Finding:
    quote = text.strip()
    start = Position(line, text.index(quote))
    return Finding(
        id=str(uuid.uuid4()),
        file="/projects/shop/cart.py",
        range=Range(start, Position(line, start.character + len(quote))),
        severity="warning",
        category="bug",
        title="Rounds each line",
        message="Money is added up in floating point.",
        quote=quote,
        session_id="none",
        turn_id="none",
        created_at=1.0,
    )
