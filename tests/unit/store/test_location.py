"""Where the store is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.store.location import store_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/data/s.db", "/data/s.db"),
        ("~/s.db", "/home/ann/s.db"),
        ("/data/100%25.db", "/data/100%25.db"),
        ("sqlite:///data/s.db", "/data/s.db"),
        ("sqlite:////data/s.db", "/data/s.db"),
        ("SQLite:///data/my%20store.db", "/data/my store.db"),
        ("sqlite:///~/s.db", "/home/ann/s.db"),
    ],
)
def test_paths_and_urls(url: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert store_path(url) == Path(path)


def test_the_default_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ann/data")
    assert store_path(None) == Path("/home/ann/data/claude-sidecar/sidecar.sqlite3")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgres://host/db", "postgres"),
        ("sqlite://host/s.db", "names no path"),
        ("sqlite:///", "names no path"),
        ("sqlite:///s.db?mode=ro", "parameters"),
        ("s.db", "absolute"),
        ("/", "folder"),
        ("/a\0b", "NUL"),
    ],
)
def test_what_names_no_file(url: str, problem: str) -> None:
    with pytest.raises(InvalidRequest, match=problem) as raised:
        store_path(url)
    assert raised.value.field == "store.url"
    assert "absolute path" in str(raised.value)
