"""What each kind of turn may do with which tool."""

from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import TurnKind
from claude_sidecar.sessions.policy import judge
from claude_sidecar.sessions.ports import Allow, Ask, Defer, Deny, ToolUse


def verdict(kind: TurnKind, workspace: Path, name: str, **arguments: Any) -> type:
    use = ToolUse("id", name, arguments)
    return type(judge(kind, canonical_path(workspace), use))


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("review", "mcp__sidecar__report_finding", Allow),
        ("review", "TodoWrite", Allow),
        ("review", "Grep", Allow),
        ("review", "Bash", Deny),
        ("review", "Edit", Deny),
        ("review", "Write", Deny),
        ("review", "NotebookEdit", Deny),
        ("review", "WebFetch", Deny),
        ("review", "mcp__other__anything", Deny),
        ("review", "SomeToolOfTomorrow", Deny),
        ("review", "AskUserQuestion", Ask),
        ("debug", "Bash", Defer),
        ("debug", "Edit", Deny),
        ("debug", "Write", Deny),
        ("ask", "Bash", Defer),
        ("ask", "Edit", Defer),
        ("ask", "WebFetch", Defer),
        ("fix", "Edit", Defer),
        ("step", "Write", Defer),
        ("compact", "Bash", Deny),
    ],
)
def test_tools_by_kind_of_turn(tmp_path: Path, kind: TurnKind, name: str, expected: type) -> None:
    assert verdict(kind, tmp_path, name) is expected


@pytest.mark.parametrize(
    ("tool", "argument"), [("Read", "file_path"), ("Grep", "path"), ("Glob", "pattern")]
)
@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("src/a.py", True),
        ("{root}/src/a.py", True),
        ("{root}", True),
        ("../other/a.py", False),
        ("src/../../other/a.py", False),
        ("/etc/hostname", False),
        ("~/.ssh/id_rsa", False),
        ("link/hostname", False),
        ("{root}-sibling/a.py", False),
    ],
)
def test_nothing_outside_the_workspace_is_read_unasked(
    tmp_path: Path, tool: str, argument: str, path: str, inside: bool
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to("/etc")
    arguments = {argument: path.format(root=root)}
    assert verdict("review", root, tool, **arguments) is (Allow if inside else Deny)
    assert verdict("ask", root, tool, **arguments) is (Allow if inside else Ask)
