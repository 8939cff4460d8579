"""Which files a use of a tool may change, as far as its input names them.

An editing tool names its file. A command names files among its words: those that are there, what
lies in folders it names, and what its output is sent to. A file that a command changes without
naming it is not seen here.
"""

from __future__ import annotations

import glob
import shlex
from collections.abc import Iterator
from pathlib import Path

from claude_sidecar.sessions.keys import canonical_path, is_inside
from claude_sidecar.sessions.policy import SIDECAR_PREFIX, sort_of
from claude_sidecar.sessions.policy.tools import paths_of
from claude_sidecar.sessions.ports import ToolUse

_LIMIT = 200
"""Files of one command; one that names more, such as a whole tree, is followed no further."""
_LEFT_OUT = frozenset({".git", "node_modules", "__pycache__", ".venv"})
_OPERATORS = "();<>|&"


def touched_paths(workspace: str, use: ToolUse) -> tuple[str, ...]:
    """The canonical paths of files in the workspace that the tool may change. Our own tools are not
    looked at: they say themselves what they change.
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
    paths = (canonical_path(Path(workspace, path).expanduser()) for path in found)
    inside = (path for path in paths if is_inside(path, workspace))
    return tuple(dict.fromkeys(inside))[:_LIMIT]


def _of_command(workspace: str, command: str) -> Iterator[str]:
    for word in _words(command):
        name = word.partition("=")[2] if word.startswith("--") else word
        if not name or name.startswith("-") or "\0" in name:
            continue
        for path in _expanded(workspace, name):
            if path.is_dir():
                yield from _inside(path)
            else:  # one that is not there yet may be made
                yield str(path)


def _expanded(workspace: str, name: str) -> list[Path]:
    pattern = Path(workspace, Path(name).expanduser())
    if not glob.has_magic(name):
        return [pattern]
    found = glob.iglob(str(pattern), recursive=True)  # noqa: PTH207 - the name may be absolute
    return [Path(path) for path, _ in zip(found, range(_LIMIT), strict=False)]


def _inside(folder: Path) -> Iterator[str]:
    """The files of a folder that is named, unless there are too many to be meant."""
    files: list[str] = []
    for path in folder.rglob("*"):
        if _LEFT_OUT.isdisjoint(path.relative_to(folder).parts) and path.is_file():
            files.append(str(path))
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
