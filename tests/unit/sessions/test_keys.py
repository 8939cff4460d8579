"""One file has one key, however it is spelled."""

import os
from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.keys import (
    Workspaces,
    canonical_path,
    path_from_uri,
    uri_from_path,
)
from claude_sidecar.sessions.model import Key


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "api").mkdir(parents=True)
    (tmp_path / "shop" / "api" / "ümläut file.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    return tmp_path


@pytest.mark.parametrize(
    "spelling",
    [
        "shop/api/ümläut file.py",
        "shop/./api//ümläut file.py",
        "shop/api/../api/ümläut file.py",
        "link/api/ümläut file.py",
    ],
)
def test_spellings_of_one_file_have_one_key(root: Path, spelling: str) -> None:
    workspaces = Workspaces([str(root / "shop")])
    expected = Key(canonical_path(root / "shop"), "api/ümläut file.py")
    assert workspaces.key_of_file(f"{root}/{spelling}") == expected


@pytest.mark.parametrize(
    "name",
    ["api/%C3%BCml%C3%A4ut%20file.py", "api/%c3%bcml%c3%a4ut%20file.py", "api/ümläut file.py"],
)
@pytest.mark.parametrize("prefix", ["file://", "file://localhost", "FILE://", "file:"])
def test_spellings_of_one_uri_name_one_path(root: Path, prefix: str, name: str) -> None:
    expected = canonical_path(root / "shop" / "api" / "ümläut file.py")
    assert path_from_uri(f"{prefix}{root}/shop/{name}") == expected


@pytest.mark.parametrize("path", ["/a b/ü#?%.py", "/x", "C:/Users/x y.py", "//host/share/x"])
def test_uris_come_back(path: str) -> None:
    uri = uri_from_path(path)
    assert uri.startswith("file:")
    assert " " not in uri
    if os.name == "posix" and path.startswith("/") and not path.startswith("//"):
        assert path_from_uri(uri) == path


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "http://x/y", "no uri", "", "file:///a%00b"]
)
def test_what_is_no_file_is_refused_by_name(uri: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        path_from_uri(uri, field="uri")
    assert caught.value.field == "uri"


def test_the_longest_workspace_that_holds_a_file_is_its_own(root: Path) -> None:
    workspaces = Workspaces([str(root / "shop"), str(root / "shop" / "api"), str(root)])
    key = workspaces.key_of_file(str(root / "shop" / "api" / "x.py"))
    assert key == Key(canonical_path(root / "shop" / "api"), "x.py")


def test_a_folder_with_the_same_beginning_does_not_hold_a_file(root: Path) -> None:
    workspaces = Workspaces([str(root / "sho")])
    assert workspaces.key_of_file(str(root / "shop" / "x.py")).workspace.endswith("/shop")


def test_a_file_outside_all_workspaces_has_its_folder(root: Path) -> None:
    key = Workspaces().key_of_file(str(root / "shop" / "x.py"))
    assert key == Key(canonical_path(root / "shop"), "x.py")


def test_folders_come_and_go(root: Path) -> None:
    workspaces = Workspaces([str(root / "shop")])
    workspaces.change(added=[str(root), str(root / "link")], removed=[])
    assert workspaces.folders == (canonical_path(root / "shop"), canonical_path(root))
    workspaces.change(removed=[str(root / "link")])
    assert workspaces.folders == (canonical_path(root),)
    assert workspaces.key_of_workspace() == Key(canonical_path(root))
    assert workspaces.key_of_workspace(str(root / "link")) == Key(canonical_path(root / "shop"))


def test_a_key_knows_its_path() -> None:
    assert Key("/w", "a/b.py").path == "/w/a/b.py"
    assert Key("/", "b.py").path == "/b.py"
    assert Key("/w").path == "/w"
