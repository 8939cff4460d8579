"""How material is shown to Claude: documents, findings and diagnostics, each in its fence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.documents.change_sets import ChangeSet, FileChange
from claude_sidecar.sessions.ports import Document, EditorDiagnostic
from claude_sidecar.sessions.prompts.fences import code_span, fence, numbered
from claude_sidecar.text import LineIndex, Range

SHOWN_DOCUMENT_LIMIT = 64 * 1024
"""Characters of a file that a question carries along; of a longer one Claude reads what it needs."""

_KNOWN_FINDINGS = 100
_SELECTION_CONTEXT = 40

_SETTLED = """\
The developer has dismissed these findings. They are settled: do not report them again, in these or
in other words, unless the code they are about has changed."""

_STILL_OPEN = """\
These findings of earlier reviews are open. Report each again that still holds, in your own words;
it is recognised by its code and category, and brought up to date. Leave out those that are gone."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a prompt is about: a file of the workspace as it is now, and a part of it.

    :param path: relative to the workspace.
    :param document: None where there is no text to show (the workspace itself, a deleted file).
    """

    path: str | None = None
    document: Document | None = None
    range: Range | None = None


def whole_finding(finding: Finding) -> str:
    """A finding with all that is known of it, fenced."""
    parts = [
        f"{finding.severity}, {finding.category}: {finding.title}",
        finding.message,
        f"Fails when: {finding.failure_scenario}" if finding.failure_scenario else "",
        f"{lines_of(finding.range)}:\n{finding.quote}",
        f"Suggested instead:\n{finding.suggestion}" if finding.suggestion is not None else "",
    ]
    return fence("finding", "\n\n".join(part for part in parts if part), path=finding.file)


def known_findings(known: Sequence[Finding]) -> list[str]:
    """What is settled, and what is open from earlier reviews."""
    settled = [_finding_line(each) for each in known if each.state == "dismissed"]
    unsettled = [_finding_line(each) for each in known if each.state == "open"]
    parts: list[str] = []
    if settled:
        parts.append(f"{_SETTLED}\n{fence('findings', _listed(settled))}")
    if unsettled:
        parts.append(f"{_STILL_OPEN}\n{fence('findings', _listed(unsettled))}")
    return parts


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - _KNOWN_FINDINGS
    return "\n".join([*lines[:_KNOWN_FINDINGS], *([f"(and {more} more)"] if more > 0 else [])])


def _finding_line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.range.start.line + 1}"
    reason = f" - dismissed: {finding.reason}" if finding.reason else ""
    return f"{place}: {finding.category}: {finding.title}{reason}"


def shown(subject: Subject) -> list[str]:
    """The text of a document with its line numbers, fenced; nothing where there is none.

    Of a long one, the selection and the lines around it; of lines that are too long for that (code
    that was minified, say), the selection alone.
    """
    document = subject.document
    if document is None:
        return []
    index = LineIndex(document.text)
    what = "The text"
    if len(document.text) <= SHOWN_DOCUMENT_LIMIT or subject.range is None:
        first, lines = 0, _lines(index)
    else:
        first, lines = index.lines_around(subject.range, _SELECTION_CONTEXT)
        selected = index.slice(subject.range)
        if sum(map(len, lines)) - len(selected) > SHOWN_DOCUMENT_LIMIT:
            what = "What is selected, of lines too long to be shown whole,"
            first, lines = subject.range.start.line, _lines(LineIndex(selected))
    fenced = fence(
        "document",
        numbered(lines, first),
        path=subject.path or "",
        language=document.language or "",
    )
    return [f"{what} as the developer has it now{_unsaved(document)}:\n{fenced}"]


def shown_changes(changes: ChangeSet) -> list[str]:
    """Which files have changed, and the patches of those that are shown, each in its fence."""
    listed = "\n".join(_changed_line(each) for each in changes.files)
    parts = [f"What has changed ({changes.described}):\n{fence('changes', listed)}"]
    parts.extend(
        fence("diff", each.patch, path=each.file.path) for each in changes.files if each.patch
    )
    return parts


def _changed_line(change: FileChange) -> str:
    file = change.file
    name = code_span(file.path)
    if file.old_path is not None:
        name = f"{code_span(file.old_path)} -> {name}"
    notes = ["with changes that are not saved"] if change.unsaved else []
    if change.left_out is not None:
        notes.append(f"not shown: {change.left_out}")
    return f"{file.status}: {name}" + "".join(f", {note}" for note in notes)


def _lines(index: LineIndex) -> list[str]:
    return [index.line(number) for number in range(len(index))]


def _unsaved(document: Document) -> str:
    return ", with changes that are not saved" if document.dirty else ""


def lines_of(range_: Range) -> str:
    """Which lines a range covers, in words; a range that ends at a line's start leaves it out."""
    first, last = range_.start.line + 1, range_.end.line + 1
    if last > first and range_.end.character == 0:
        last -= 1
    return f"line {first}" if first == last else f"lines {first} to {last}"


def diagnostic_line(diagnostic: EditorDiagnostic) -> str:
    """A diagnostic as compilers print it."""
    start = diagnostic.range.start
    origin = " ".join(part for part in (diagnostic.source, diagnostic.code) if part)
    place = f"{start.line + 1}:{start.character + 1}"
    return f"{place}: {diagnostic.severity}: {diagnostic.message}" + (
        f" ({origin})" if origin else ""
    )
