"""What each thing that a user can ask for may do: the first column of the policy's table."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.documents.change_sets import ChangeSet
from claude_sidecar.sessions.documents.disk import DiskEditor
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.keys import Workspaces, canonical_path
from claude_sidecar.sessions.model import Allowance, Key
from claude_sidecar.sessions.planning.planner import Planner
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    DebugRequest,
    FixRequest,
    PlannedRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.policy import allowance_of
from claude_sidecar.settings import Settings
from claude_sidecar.text import Position, Range

LINE = Range(Position(0, 0), Position(0, 5))


@pytest.fixture
def key(tmp_path: Path) -> Key:
    (tmp_path / "a.py").write_text("a = 1\n")
    return Workspaces([str(tmp_path)]).key_of_file(str(tmp_path / "a.py"))


def finding(key: Key) -> Finding:
    return Finding(
        id="f",
        file=key.path,
        range=LINE,
        severity="error",
        category="bug",
        title="t",
        message="m",
        quote="a = 1",
        session_id="s",
        turn_id="t",
        created_at=0.0,
    )


@pytest.mark.parametrize(
    ("command", "allowance"),
    [
        ("review", "read"),
        ("reviewChanges", "read"),
        ("finding.verify", "read"),
        ("ask readOnly", "read"),
        ("debug", "run"),
        ("debug test", "edit"),
        ("ask", "edit"),
        ("fix", "edit"),
        ("runSteps", "edit"),
    ],
)
def test_what_a_command_may_do(key: Key, command: str, allowance: Allowance) -> None:
    planner = Planner(Documents(DiskEditor()), lambda _: Settings())
    workspace = Key(canonical_path(key.workspace))
    changes = ChangeSet(workspace, "working", ())
    requests: dict[str, PlannedRequest] = {
        "review": ReviewRequest(key),
        "reviewChanges": ReviewChangesRequest(changes),
        "finding.verify": VerifyRequest(key, finding(key)),
        "ask readOnly": AskRequest("Why?", key, read_only=True),
        "debug": DebugRequest(key, error="boom"),
        "debug test": DebugRequest(key, error="boom", command="pytest"),
        "ask": AskRequest("Change it.", key),
        "fix": FixRequest(key, finding=finding(key)),
    }
    if command == "runSteps":
        (plan,) = planner.steps(StepsRequest(("Change it.",), key))
    else:
        plan = planner.plan(requests[command], key)
    assert (plan.allowance or allowance_of(plan.kind)) == allowance
