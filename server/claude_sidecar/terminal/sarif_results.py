"""One finding as a `result` of SARIF.

A finding that was dismissed is suppressed. One that was fixed has passed (`pass`); of one that is
stale nothing is known (`open`). Columns count UTF-16 code units from 1; where the file no longer
has the quote they would mean nothing, and only lines are told.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias

from claude_sidecar.findings.model import CATEGORIES, Finding, FindingState, Severity
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.reply import styled
from claude_sidecar.visible import one_line, visible

Level: TypeAlias = Literal["error", "warning", "note"]
Kind: TypeAlias = Literal["fail", "pass", "open"]

FINGERPRINT = "claudeSidecarQuote/v1"
"""Of the quoted code and the category: the same after the code was moved or indented anew."""

_LEVELS: dict[Severity, Level] = {
    "error": "error",
    "warning": "warning",
    "information": "note",
    "hint": "note",
}
_KINDS: dict[FindingState, Kind] = {
    "open": "fail",
    "dismissed": "fail",
    "fixed": "pass",
    "stale": "open",
}
_BRACE = re.compile(r"[{}]")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def result_of(finding: Finding, place: JsonObject, sources: Sources) -> JsonObject:
    """A `result` (§3.27).

    :param place: the `artifactLocation` of its file.
    """
    kind = _KINDS[finding.state]
    result: JsonObject = {
        "ruleId": finding.category,
        "ruleIndex": CATEGORIES.index(finding.category),
        "kind": kind,
        "level": _LEVELS[finding.severity] if kind == "fail" else "none",
        "message": _message(finding),
        "locations": [
            {"physicalLocation": {"artifactLocation": place, "region": _region(finding, sources)}}
        ],
        "partialFingerprints": {FINGERPRINT: _fingerprint(finding)},
        "suppressions": _suppressions(finding),
        "properties": _properties(finding),
    }
    if _GUID.fullmatch(finding.id):
        result["guid"] = finding.id
    fixes = _fixes(finding, place, sources)
    if fixes:
        result["fixes"] = fixes
    return result


def literal(text: str) -> str:
    """Text in a message as it is: a single brace would be a placeholder (§3.11.5)."""
    return _BRACE.sub(lambda brace: brace[0] * 2, text)


def _message(finding: Finding) -> JsonObject:
    """The title, why it matters and when it fails: as plain text, and as Markdown."""
    title = one_line(finding.title)
    text = [title, styled(finding.message.strip()).plain]
    markdown = [f"**{title}**", visible(finding.message.strip())]
    if finding.failure_scenario:
        scenario = finding.failure_scenario.strip()
        text.append(f"Fails when: {styled(scenario).plain}")
        markdown.append(f"**Fails when:** {visible(scenario)}")
    return {"text": literal("\n\n".join(text)), "markdown": literal("\n\n".join(markdown))}


def _region(finding: Finding, sources: Sources) -> JsonObject:
    """Where it is (§3.30), with the quote as its snippet; columns only where they are certain."""
    snippet = {"text": finding.quote}
    if sources.holding(finding) is None:
        first, last = finding.range.start.line + 1, finding.range.end.line + 1
        return {"startLine": first, "endLine": last, "snippet": snippet}
    return {**_columns(finding, sources), "snippet": snippet}


def _columns(finding: Finding, sources: Sources) -> JsonObject:
    range_ = sources.utf16_range(finding.file, finding.range)
    return {
        "startLine": range_["start"]["line"] + 1,
        "startColumn": range_["start"]["character"] + 1,
        "endLine": range_["end"]["line"] + 1,
        "endColumn": range_["end"]["character"] + 1,
    }


def _fixes(finding: Finding, place: JsonObject, sources: Sources) -> list[JsonObject]:
    """Its suggestion (§3.55), where it still fits."""
    if finding.suggestion is None or finding.state == "fixed" or sources.holding(finding) is None:
        return []
    replacement: JsonObject = {"deletedRegion": _columns(finding, sources)}
    if finding.suggestion:
        replacement["insertedContent"] = {"text": finding.suggestion}
    return [
        {
            "description": {"text": literal(one_line(finding.title))},
            "artifactChanges": [{"artifactLocation": place, "replacements": [replacement]}],
        }
    ]


def _suppressions(finding: Finding) -> list[JsonObject]:
    """The dismissal, if it is one; none is an empty list, in all results of a run (§3.27.23)."""
    if finding.state != "dismissed":
        return []
    suppression: JsonObject = {"kind": "external", "status": "accepted"}
    if finding.reason:
        suppression["justification"] = visible(finding.reason)
    return [suppression]


def _fingerprint(finding: Finding) -> str:
    code = " ".join(finding.quote.split())
    claim = f"{finding.category}\0{code}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(claim).hexdigest()


def _properties(finding: Finding) -> JsonObject:
    """What SARIF has no word for."""
    properties: JsonObject = {
        "severity": finding.severity,
        "state": finding.state,
        "anchor": finding.anchor,
        "sessionId": finding.session_id,
        "turnId": finding.turn_id,
    }
    if finding.verdict is not None:
        properties["verdict"] = finding.verdict
    if finding.reviewers:
        properties["reviewers"] = list(finding.reviewers)
    return properties
