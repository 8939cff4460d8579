"""Where the store is kept: the user's data folder, or what the setting `store.url` names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import platformdirs

from claude_sidecar.errors import InvalidRequest

FILE_NAME = "sidecar.sqlite3"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?=//)")  # two letters at least: C:// is a drive
_DRIVE = re.compile(r"/+([A-Za-z]:[/\\])")


def store_path(url: str | None) -> Path:
    """The file that holds the store.

    :param url: None for the default, `sqlite:///PATH`, or a path; `~` is the home folder.
    :raises InvalidRequest: for another scheme, a relative path, or a folder.
    """
    if url is None:
        return platformdirs.user_data_path("claude-sidecar", appauthor=False) / FILE_NAME
    path = Path(_path_part(url))
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise _wrong(url, f"has no home folder to expand: {error}") from error
    if not path.is_absolute():
        raise _wrong(url, "is not an absolute path")
    if path.is_dir():
        raise _wrong(url, "is a folder")
    return path


def _path_part(url: str) -> str:
    if "\0" in url:
        raise _wrong(url, "contains a NUL character")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return url
    if scheme[1].lower() != "sqlite":
        raise _wrong(url, f"is kept by {scheme[1]}, which is not supported")
    host, slash, path = url[scheme.end() + 2 :].partition("/")
    if host or not path:
        raise _wrong(url, "names no path")
    if "?" in path or "#" in path:
        raise _wrong(url, "has parameters, and there are none")
    path = unquote(slash + path)
    if drive := _DRIVE.match(path):
        return path[drive.start(1) :]
    return "/".join(["", path.lstrip("/")]) if not path.startswith("/~") else path[1:]


def _wrong(url: str, problem: str) -> InvalidRequest:
    return InvalidRequest(
        f"store.url {url!r} {problem}: write an absolute path of a file, or sqlite:///PATH.",
        field="store.url",
    )
