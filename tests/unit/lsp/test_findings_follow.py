"""Findings follow what a client sends, however it counts columns; undo restores them all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.placing import context_of, place
from claude_sidecar.findings.tracker import Tracker
from claude_sidecar.lsp.buffers import Buffer, to_units
from claude_sidecar.text import LineIndex, PositionEncoding

ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXT = "aé漢😀(\u0301\t \n"
Scene = tuple[str, list[tuple[int, int]], list[tuple[int, int, str]]]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A text, the spans of findings in it, and edits, each in the text of its time."""
    text = draw(st.text(st.sampled_from(TEXT), min_size=4, max_size=60))
    spans: list[tuple[int, int]] = []
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        if text[start:end].strip():
            spans.append((start, end))
    edits: list[tuple[int, int, str]] = []
    length = len(text)
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, length))
        end = draw(st.integers(start, length))
        # Letters that the text has not: none of these edits undoes another.
        new = draw(st.text(st.sampled_from("xü字𝄞"), max_size=8))
        edits.append((start, end, new))
        length += len(new) - (end - start)
    return text, spans, edits


class Client:
    """An editor with one buffer, and our end of it."""

    def __init__(self, text: str, encoding: PositionEncoding, findings: list[Finding]) -> None:
        item = types.TextDocumentItem("file:///w/a.py", types.LanguageKind.Python, 1, text)
        self.text = text
        self.encoding: PositionEncoding = encoding
        self.buffer = Buffer("/w/a.py", item, encoding)
        self.document = DocumentFindings(findings, LineIndex(text))
        self.tracker = Tracker({finding.id: finding.range for finding in findings})

    def replace(self, start: int, end: int, new: str) -> None:
        index = LineIndex(self.text)
        first, last = index.position(start), index.position(end)
        range_ = types.Range(
            to_units(index.line(first.line), first, self.encoding),
            to_units(index.line(last.line), last, self.encoding),
        )
        edit = self.buffer.change(types.TextDocumentContentChangePartial(range_, new))
        self.text = self.text[:start] + new + self.text[end:]
        self.document.edit(edit)
        self.tracker.apply(edit)

    def settle(self) -> None:
        self.document.settle(LineIndex(self.buffer.text))


def findings_in(text: str, spans: list[tuple[int, int]]) -> list[Finding]:
    index = LineIndex(text)
    ranges = [index.range_between(start, end) for start, end in spans]
    return [
        Finding(
            id=str(number),
            file="/w/a.py",
            range=range_,
            severity="hint",
            category="other",
            title="t",
            message="m",
            quote=index.slice(range_),
            session_id="s",
            turn_id="t",
            created_at=float(number),
            context=context_of(index, range_),
        )
        for number, range_ in enumerate(ranges)
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150)
@given(scenes())
def test_places_equal_those_computed_from_scratch(encoding: PositionEncoding, scene: Scene) -> None:
    text, spans, edits = scene
    findings = findings_in(text, spans)
    client = Client(text, encoding, findings)
    for edit in edits:
        client.replace(*edit)
    client.settle()
    assert client.buffer.text == client.text
    index = LineIndex(client.text)
    found = {finding.id: finding for finding in client.document.findings()}
    for before in findings:
        scratch = place(index, before.quote, before.context, client.tracker.range(before.id))
        after = found[before.id]
        assert (after.range, after.anchor) == (scratch.range, scratch.anchor)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150)
@given(scenes(), st.booleans())
def test_undoing_all_edits_restores_all(
    encoding: PositionEncoding, scene: Scene, settles: bool
) -> None:
    text, spans, edits = scene
    findings = findings_in(text, spans)
    client = Client(text, encoding, findings)
    before = client.document.findings()
    undo: list[tuple[int, int, str]] = []
    for start, end, new in edits:
        undo.append((start, start + len(new), client.text[start:end]))
        client.replace(start, end, new)
        if settles:
            client.settle()
    for edit in reversed(undo):
        client.replace(*edit)
    client.settle()
    assert client.buffer.text == text
    assert client.document.findings() == before
