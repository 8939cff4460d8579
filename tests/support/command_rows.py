"""A row for each command: how it is called, with every field it takes, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from claude_sidecar.lsp import names

Arguments = Mapping[str, Any]

RANGE = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 10}}
TURN_RESULT = {
    *("sessionId", "turnId", "stopReason", "text", "findings", "usage", "cost", "context"),
    "resumed",
}
SESSION = {
    *("sessionId", "workspace", "title", "current", "createdAt", "updatedAt", "turns", "costUsd"),
    *("state", "openFindings"),
}
FINDING = {
    *("id", "uri", "range", "severity", "category", "title", "message", "quote", "state", "anchor"),
    *("reviewers", "sessionId", "turnId"),
}


@dataclass(frozen=True)
class Known:
    """What the examples may name."""

    workspace: str
    uri: str
    session_id: str
    spare_id: str
    turn_id: str
    finding_id: str
    cursor: str
    unfinished_id: str
    unfinished_session_id: str
    unfinished_uri: str
    rule_id: str


@dataclass(frozen=True)
class Row:
    """How one command is called, and what it gives.

    :param gives: fields that each result has at least; of each item, where it is a list.
    :param missing: the fields that it names when it is called with none; empty where that works.
    """

    gives: set[str]
    examples: Callable[[Known], list[Arguments]]
    missing: tuple[str, ...] = ()


ROWS: dict[str, Row] = {
    names.REVIEW: Row(
        TURN_RESULT,
        lambda known: [
            {"uri": known.uri, "range": RANGE, "focus": "zero", "fresh": False},
            {"uri": None, "reviewers": ["correctness"], "verify": True, "confirmed": True},
        ],
    ),
    names.REVIEW_CHANGES: Row(
        TURN_RESULT,
        lambda known: [
            {"workspace": known.workspace, "base": "working", "focus": "zero", "fresh": True},
            {"reviewers": ["correctness"], "verify": True, "confirmed": True},
        ],
    ),
    names.DEBUG: Row(
        TURN_RESULT,
        lambda known: [
            {
                "uri": known.uri,
                "range": RANGE,
                "error": "ZeroDivisionError",
                "diagnostics": [{"range": RANGE, "message": "may be 0", "severity": 2}],
                "fresh": True,
            },
            {"uri": known.uri, "debugState": {"frames": [{"name": "mean", "variables": []}]}},
            {"uri": known.uri, "test": "exit 1"},
        ],
    ),
    names.ASK: Row(
        TURN_RESULT,
        lambda known: [
            {"text": "Why?", "uri": known.uri, "range": RANGE, "fresh": False},
            {"text": "Why?", "sessionId": known.session_id},
            {"text": "Why?", "findingId": known.finding_id, "readOnly": True},
            {"text": "Why?", "uri": known.uri, "diagnostics": [{"range": RANGE, "message": "0"}]},
        ],
        missing=("text",),
    ),
    names.FIX: Row(
        TURN_RESULT,
        lambda known: [
            {"findingId": known.finding_id},
            {
                "uri": known.uri,
                "range": RANGE,
                "diagnostics": [{"range": RANGE, "message": "may be 0"}],
            },
        ],
        missing=("findingId",),
    ),
    names.RUN_STEPS: Row(
        TURN_RESULT,
        lambda known: [
            {"steps": ["One.", "Two."], "uri": known.uri, "stopOnError": False, "resume": False}
        ],
        missing=("steps",),
    ),
    names.CANCEL: Row(
        {"stopped", "stillRunning"},
        lambda known: [{"sessionId": known.session_id}, {"turnId": known.turn_id}],
    ),
    names.TURN_CONTINUE: Row(
        TURN_RESULT,
        lambda known: [
            {"turnId": known.unfinished_id},
            {"sessionId": known.unfinished_session_id},
            {"uri": known.unfinished_uri},
        ],
        missing=("turnId",),
    ),
    names.TURN_RETRY: Row(
        TURN_RESULT,
        lambda known: [
            {"turnId": known.unfinished_id},
            {"sessionId": known.unfinished_session_id},
            {"uri": known.unfinished_uri},
        ],
    ),
    names.SESSION_NEW: Row(SESSION, lambda known: [{"uri": known.uri}, {"uri": None}]),
    names.SESSION_LIST: Row(
        {"sessions"},
        lambda known: [
            {"workspace": known.workspace, "limit": 1},
            {"uri": known.uri, "query": "What", "limit": 10, "cursor": known.cursor},
        ],
    ),
    names.SESSION_RESUME: Row(
        {"session", "turns"},
        lambda known: [
            {"sessionId": known.session_id},
            {"sessionId": known.session_id, "uri": known.uri},
        ],
        missing=("sessionId",),
    ),
    names.SESSION_HANDOVER: Row(
        {"sessionId", "command", "argv", "cwd", "env"},
        lambda known: [{"sessionId": known.session_id}, {}],
    ),
    names.SESSION_HISTORY: Row(
        {"session", "turns"},
        lambda known: [{"sessionId": known.session_id}, {"uri": known.uri}],
    ),
    names.SESSION_RENAME: Row(
        SESSION,
        lambda known: [{"sessionId": known.session_id, "title": "The mean"}],
        missing=("sessionId", "title"),
    ),
    names.SESSION_DELETE: Row(
        {"deleted"},
        lambda known: [{"sessionId": known.spare_id}],
        missing=("sessionId",),
    ),
    names.SESSION_EXPORT: Row(
        {"uri"},
        lambda known: [
            {"sessionId": known.session_id, "format": "json"},
            {"format": "markdown"},
        ],
    ),
    names.SESSION_FORK: Row(
        SESSION | {"forkedFrom", "forkTurn"},
        lambda known: [{"sessionId": known.session_id, "turnId": known.turn_id}],
        missing=("sessionId",),
    ),
    names.SESSION_COMPACT: Row(
        TURN_RESULT,
        lambda known: [{"sessionId": known.session_id, "instructions": "numbers"}],
    ),
    names.SESSION_REWIND: Row(
        {"restored"},
        lambda known: [{"turnId": known.turn_id}],
        missing=("turnId",),
    ),
    names.SESSION_SET_MODE: Row(
        SESSION | {"mode"},
        lambda known: [
            {"mode": "acceptEdits", "sessionId": known.session_id},
            {"mode": "default", "uri": known.uri},
        ],
        missing=("mode",),
    ),
    names.FINDING_LIST: Row(
        {"findings"},
        lambda known: [{"workspace": known.workspace}, {"uri": known.uri, "state": "open"}],
    ),
    names.FINDING_APPLY: Row(
        {"applied"},
        lambda known: [{"findingId": known.finding_id}],
        missing=("findingId",),
    ),
    names.FINDING_APPLY_ALL: Row({"applied", "findings"}, lambda known: [{"uri": known.uri}]),
    names.FINDING_DISMISS: Row(
        FINDING,
        lambda known: [{"findingId": known.finding_id, "reason": "Never empty."}],
        missing=("findingId",),
    ),
    names.FINDING_REOPEN: Row(
        FINDING,
        lambda known: [{"findingId": known.finding_id}],
        missing=("findingId",),
    ),
    names.FINDING_DISMISS_ALL: Row(
        {"findings"},
        lambda known: [{"uri": known.uri, "severity": "hint", "reason": "Polish."}],
        missing=("severity",),
    ),
    names.FINDING_VERIFY: Row(
        FINDING,
        lambda known: [{"findingId": known.finding_id}],
        missing=("findingId",),
    ),
    names.PERMISSION_LIST: Row(
        {"rules", "pending"},
        lambda known: [{"workspace": known.workspace}, {"sessionId": known.session_id}],
    ),
    names.PERMISSION_REVOKE: Row(
        {"revoked"},
        lambda known: [{"ruleId": known.rule_id}],
        missing=("ruleId",),
    ),
    names.USAGE: Row(
        {
            *("turns", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"),
            *("costUsd", "byDay", "bySession", "byFile", "byWorkspace", "byModel", "budgets"),
        },
        lambda known: [{"workspace": known.workspace, "since": "2020-01-01"}],
    ),
    names.ESTIMATE: Row(
        {"tokens", "costUsd", "basedOnTurns"},
        lambda known: [
            {"uri": known.uri, "range": RANGE, "fresh": True},
            {"workspace": known.workspace, "base": "working"},
        ],
    ),
    names.STATUS: Row(
        {
            *("server", "sdk", "cli", "authenticated", "store", "liveSessions"),
            "settingsProblems",
        },
        lambda known: [],
    ),
}
