"""A file on the command line has the workspace that an editor would have opened."""

from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import Key
from claude_sidecar.terminal.places import key_of, open_workspaces, shown_path, workspace_of


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "src").mkdir()
    (tmp_path / "repo" / "src" / "a.py").touch()
    (tmp_path / "repo" / "vendored").mkdir()
    (tmp_path / "repo" / "vendored" / ".git").write_text("gitdir: ../.git/modules/vendored")
    (tmp_path / "repo" / "vendored" / "b.py").touch()
    (tmp_path / "plain" / "deep").mkdir(parents=True)
    (tmp_path / "plain" / "deep" / "c.py").touch()
    monkeypatch.chdir(tmp_path / "plain")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "workspace"),
    [
        ("repo/src/a.py", "repo"),
        ("repo", "repo"),
        ("repo/vendored/b.py", "repo/vendored"),
        ("plain/deep/c.py", "plain"),
        ("plain", "plain"),
        ("other/missing.py", "other"),
    ],
)
def test_the_workspace_of_a_path(root: Path, path: str, workspace: str) -> None:
    assert workspace_of(str(root / path)) == canonical_path(root / workspace)


def test_files_of_several_workspaces_keep_their_own(root: Path) -> None:
    paths = [str(root / "repo/src/a.py"), str(root / "repo/vendored/b.py"), "deep/c.py"]
    workspaces = open_workspaces(paths, None)

    assert [key_of(workspaces, path) for path in paths] == [
        Key(canonical_path(root / "repo"), "src/a.py"),
        Key(canonical_path(root / "repo/vendored"), "b.py"),
        Key(canonical_path(root / "plain"), "deep/c.py"),
    ]


def test_the_workspace_can_be_chosen(root: Path) -> None:
    workspaces = open_workspaces(["x.py"], str(root))

    assert key_of(workspaces, None) == Key(canonical_path(root))
    assert key_of(workspaces, "deep/c.py") == Key(canonical_path(root), "plain/deep/c.py")


def test_a_workspace_that_is_no_folder_is_named(root: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"--workspace nowhere: there is no such folder"):
        open_workspaces([], "nowhere")


def test_paths_below_here_are_shown_relative(root: Path) -> None:
    assert shown_path(canonical_path(root / "plain/deep/c.py")) == "deep/c.py"
    outside = canonical_path(root / "repo/src/a.py")
    assert shown_path(outside) == outside
