"""Findings as a SARIF 2.1.0 log, which code hosts, editors and dashboards read: one run.

Categories are its rules. Paths are relative to their workspaces, which are its `originalUriBaseIds`.
What kept a file from being reviewed, or from being reviewed to the end, is among the notifications
of its one invocation, which then was not successful. Numbers in § are those of the standard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote

from claude_sidecar import __version__
from claude_sidecar.findings.model import CATEGORIES, Category, Finding
from claude_sidecar.sessions.keys import Workspaces, uri_from_path
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.shapes.values import time_shape
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.sarif_results import literal, result_of
from claude_sidecar.visible import visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

TroubleKind: TypeAlias = Literal["not-reviewed", "turn-failed", "turn-incomplete"]

_TROUBLES: dict[TroubleKind, str] = {
    "not-reviewed": "A file could not be reviewed.",
    "turn-failed": "A review failed; what it had found by then is in the results.",
    "turn-incomplete": "A review stopped before its end; what it had found by then is in the results.",
}
_RULES: dict[Category, str] = {
    "bug": "The code does something else than it is meant to.",
    "security": "Somebody could make the code do what they must not.",
    "performance": "The code takes more time or memory than it needs.",
    "concurrency": "What runs at the same time can come into each other's way.",
    "error-handling": "A failure goes unnoticed, or is answered in the wrong way.",
    "consistency": "Two places that have to agree do not.",
    "documentation": "What is written about the code is wrong or missing.",
    "naming": "A name says something else than what it stands for.",
    "readability": "The code is harder to understand than it needs to be.",
    "testing": "A test does not show what it should, or there is none.",
    "other": "Something else that is worth a look.",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What kept a file from being reviewed, or from being reviewed to the end."""

    kind: TroubleKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Period:
    """When the invocation began and ended, in seconds since the epoch."""

    began: float
    ended: float


class Places:
    """Where files are, in SARIF's terms: a path in a workspace, and that workspace's `uriBaseId`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._names: dict[str, str] = {}
        for folder in workspaces.folders:
            self._name(folder)

    def location(self, path: str) -> JsonObject:
        """An `artifactLocation` (§3.4)."""
        key = self._workspaces.key_of_file(path)
        return {"uri": quote(key.file or "", safe="/"), "uriBaseId": self._name(key.workspace)}

    def bases(self) -> JsonObject:
        """The `originalUriBaseIds` (§3.14.14) of all locations given."""
        return {
            name: {"uri": uri_from_path(folder.rstrip("/") + "/")}
            for folder, name in self._names.items()
        }

    def _name(self, workspace: str) -> str:
        number = len(self._names) + 1
        return self._names.setdefault(workspace, "SRCROOT" if number == 1 else f"SRCROOT{number}")


def sarif_log(
    findings: Iterable[Finding],
    troubles: Sequence[Trouble],
    *,
    workspaces: Workspaces,
    sources: Sources,
    period: Period,
) -> JsonObject:
    """The log as a JSON object."""
    places = Places(workspaces)
    results = [result_of(finding, places.location(finding.file), sources) for finding in findings]
    invocation = _invocation(troubles, places, period)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "invocations": [invocation],
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": places.bases(),
                "results": results,
            }
        ],
    }


def _driver() -> JsonObject:
    return {
        "name": "claude-sidecar",
        "version": __version__,
        "rules": [
            {
                "id": category,
                "shortDescription": {"text": _RULES[category]},
                "properties": {"tags": [category]},
            }
            for category in CATEGORIES
        ],
        "notifications": [
            {"id": kind, "shortDescription": {"text": text}} for kind, text in _TROUBLES.items()
        ],
    }


def _invocation(troubles: Sequence[Trouble], places: Places, period: Period) -> JsonObject:
    return {
        "executionSuccessful": not troubles,
        "startTimeUtc": time_shape(period.began),
        "endTimeUtc": time_shape(period.ended),
        "toolExecutionNotifications": [_notification(each, places) for each in troubles],
    }


def _notification(trouble: Trouble, places: Places) -> JsonObject:
    return {
        "descriptor": {"id": trouble.kind, "index": list(_TROUBLES).index(trouble.kind)},
        "level": "error",
        "message": {"text": literal(visible(trouble.message))},
        "locations": [{"physicalLocation": {"artifactLocation": places.location(trouble.path)}}],
    }
