"""Which files a tool may change, by what its input names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.ports import ToolUse
from claude_sidecar.sessions.rewinding.touched_files import touched_paths


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = Path(canonical_path(tmp_path))
    for name in ("a.py", "b c.py", "sub/x.txt", "sub/deep/y.txt", "sub/.git/HEAD"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text\n")
    return folder


def touched(workspace: Path, name: str, **arguments: Any) -> set[str]:
    paths = touched_paths(str(workspace), ToolUse("1", name, arguments))
    return {str(Path(path).relative_to(workspace)) for path in paths}


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("rm a.py", {"rm", "a.py"}),
        ("rm 'b c.py'", {"rm", "b c.py"}),
        ("sed -i s/x/y/ *.py", {"sed", "s/x/y", "a.py", "b c.py"}),
        ("rm -r sub", {"rm", "sub/x.txt", "sub/deep/y.txt"}),
        ("echo hello>new.txt", {"echo", "hello", "new.txt"}),
        ("true;rm a.py&&mv a.py z.py", {"true", "rm", "a.py", "mv", "z.py"}),
        ("tool --output=a.py", {"tool", "a.py"}),
        ("cat > made.txt <<'END'\nit's\nEND", {"cat", "made.txt", "END", "it's"}),
        ("rm /etc/passwd ../elsewhere", {"rm"}),
        (f"echo {'x' * 500} {'y' * 5000} > a.py", {"echo", "a.py"}),
        ("rm ~nobodyofthatname/a.py a\0b [z-a] a.py", {"rm", "a.py"}),
    ],
)
def test_a_command_names_files_among_its_words(
    workspace: Path, command: str, files: set[str]
) -> None:
    assert touched(workspace, "Bash", command=command) == files


def test_an_editing_tool_names_its_file(workspace: Path) -> None:
    assert touched(workspace, "Write", file_path="new/n.py", content="") == {"new/n.py"}
    assert touched(workspace, "Edit", file_path=str(workspace / "a.py")) == {"a.py"}
    assert touched(workspace, "NotebookEdit", notebook_path="n.ipynb") == {"n.ipynb"}
    assert touched(workspace, "Edit", file_path="/etc/passwd") == set()


def test_what_only_reads_changes_nothing(workspace: Path) -> None:
    assert touched(workspace, "Read", file_path="a.py") == set()
    assert touched(workspace, "Grep", pattern="a", path=".") == set()


def test_a_whole_tree_is_not_followed(workspace: Path) -> None:
    for number in range(300):
        (workspace / "sub" / f"{number}.txt").write_text("text\n")
    assert touched(workspace, "Bash", command="grep -r x sub") == {"grep", "x"}
