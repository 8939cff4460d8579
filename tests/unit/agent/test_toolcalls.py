"""How tool calls look to a person."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.agent import toolcalls
from claude_sidecar.sessions.events import FileDiff, PlanEntry
from claude_sidecar.sessions.model import Location

CWD = "/projects/space"


@pytest.mark.parametrize(
    ("name", "arguments", "title", "kind", "locations"),
    [
        pytest.param(
            "Read", {"file_path": "/projects/space/a.py", "offset": 3}, "Read a.py", "read",
            (Location("/projects/space/a.py", 2),), id="read",
        ),
        pytest.param(
            "Edit", {"file_path": "b/../a.py", "old_string": "x"}, "Edit b/../a.py", "edit",
            (Location("/projects/space/a.py"),), id="relative",
        ),
        pytest.param(
            "Bash", {"command": "ls\n  -l", "path": "x"}, "Bash ls -l", "execute", (), id="command",
        ),
        pytest.param(
            "Grep", {"pattern": "def ", "path": "/etc"}, "Grep def", "search",
            (Location("/etc"),), id="search",
        ),
        pytest.param(
            "Agent", {"description": "Look", "prompt": "..."}, "Agent Look", "think", (), id="agent",
        ),
        pytest.param(
            "mcp__sidecar__report_finding", {"file": "a.py", "line": 7, "title": "Off by one"},
            "report finding Off by one", "other", (Location("/projects/space/a.py", 6),), id="own",
        ),
        pytest.param("Unheard", {}, "Unheard", "other", (), id="unknown"),
        pytest.param("Read", {"file_path": 5, "offset": "x"}, "Read", "read", (), id="wrong types"),
    ],
)  # fmt: skip
def test_description(
    name: str,
    arguments: dict[str, Any],
    title: str,
    kind: str,
    locations: tuple[Location, ...],
) -> None:
    call = toolcalls.describe("id", name, arguments, CWD)
    assert (call.title, call.kind, call.locations) == (title, kind, locations)


def test_a_long_title_is_cut() -> None:
    title = toolcalls.title_of("Bash", {"command": "x" * 500}, CWD)
    assert len(title) == toolcalls.TITLE_LIMIT
    assert title.endswith("…")


def test_a_plan_is_read_whole_or_not_at_all() -> None:
    todo = {"content": "Look", "status": "pending", "activeForm": "Looking"}
    assert toolcalls.plan_of({"todos": [todo]}) == (PlanEntry("Look", "pending"),)
    assert toolcalls.plan_of({"todos": [todo, {"content": "no status"}]}) is None
    assert toolcalls.plan_of({"todos": "none"}) is None


def test_a_new_file_has_no_text_before() -> None:
    arguments = {"file_path": "new.py", "content": "x\n"}
    expected = FileDiff("/projects/space/new.py", "", "x\n")
    assert toolcalls.diff_of("Write", arguments, {"originalFile": None}, CWD) == expected
    assert toolcalls.diff_of("Write", arguments, "an error", CWD) == expected


def test_only_edits_make_a_difference() -> None:
    assert toolcalls.diff_of("Read", {"file_path": "a.py"}, {}, CWD) is None
    assert toolcalls.diff_of("Bash", {"command": "ls"}, {}, CWD) is None


@pytest.mark.parametrize(("named", "expected"), [("Explore", "Explore"), (None, "general-purpose")])
def test_the_subagents_type(named: str | None, expected: str) -> None:
    assert toolcalls.agent_of({"subagent_type": named}) == expected
