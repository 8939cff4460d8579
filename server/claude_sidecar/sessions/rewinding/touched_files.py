"""Which files a use of a tool may change, as far as its input names them.

An editing tool names its file. A command names files among its words: those that are there, what
lies in folders it names, and what its output is sent to. A file that a command changes without
naming it is not seen here.
"""

from __future__ import annotations

import glob
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from claude_sidecar.sessions.keys import canonical_path, is_inside
from claude_sidecar.sessions.policy import SIDECAR_PREFIX, sort_of
from claude_sidecar.sessions.policy.tools import paths_of
from claude_sidecar.sessions.ports import ToolUse

_LIMIT = 200
"""Files of one command; one that names more, such as a whole tree, is followed no further."""
_NAME_LIMIT = 1024
"""Characters of a word that may still name a file."""
_LEFT_OUT = frozenset({".git", "node_modules", "__pycache__", ".venv"})
_OPERATORS = "();<>|&"


def touched_paths(workspace: str, use: ToolUse) -> tuple[str, ...]:
    """The canonical paths of files in the workspace that the tool may change. Our own tools are not
    looked at: they say themselves what they change. It looks at the disk: call it in a thread.
    """
    if use.name.startswith(SIDECAR_PREFIX):
        return ()
    match sort_of(use.name, use.input):
        case "edit":
            found = list(paths_of(use.input).values())
        case "run":
            found = list(_of_command(workspace, str(use.input.get("command") or "")))
        case _:
            return ()
    paths = (_inside(workspace, path) for path in found)
    return tuple(dict.fromkeys(path for path in paths if path is not None))[:_LIMIT]


def _inside(workspace: str, name: str) -> str | None:
    """The canonical path that is named, if it is one and lies in the workspace."""
    try:
        path = canonical_path(Path(workspace, Path(name).expanduser()))
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, nobody's home
        return None
    return path if is_inside(path, workspace) else None


def _of_command(workspace: str, command: str) -> Iterator[str]:
    for word in _words(command):
        name = word.partition("=")[2] if word.startswith("--") else word
        if not name or name.startswith("-") or len(name) > _NAME_LIMIT:
            continue
        try:
            yield from _of_word(workspace, name)
        except (OSError, ValueError, RuntimeError, re.error):
            continue  # no name of a file


def _of_word(workspace: str, name: str) -> Iterator[str]:
    for path in _expanded(workspace, name):
        if path.is_dir():
            yield from _files_in(path)
        else:  # one that is not there yet may be made
            yield str(path)


def _expanded(workspace: str, name: str) -> list[Path]:
    pattern = Path(workspace, Path(name).expanduser())
    if not glob.has_magic(name):
        return [pattern]
    found = glob.iglob(str(pattern), recursive=True)  # noqa: PTH207 - the name may be absolute
    return [Path(path) for path, _ in zip(found, range(_LIMIT), strict=False)]


def _files_in(folder: Path) -> Iterator[str]:
    """The files of a folder that is named, unless there are too many to be meant."""
    files: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in _LEFT_OUT]
        files += [f"{parent}{os.sep}{name}" for name in names]
        if len(files) > _LIMIT:
            return
    yield from files


def _words(command: str) -> list[str]:
    """The words of a command as a shell has them; where it cannot be read, as blanks part them."""
    words: list[str] = []
    for line in command.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=_OPERATORS)
        lexer.whitespace_split = True
        lexer.commenters = ""
        try:
            words += lexer
        except ValueError:
            words += line.split()
    return [word for word in words if not set(word) <= set(_OPERATORS)]
