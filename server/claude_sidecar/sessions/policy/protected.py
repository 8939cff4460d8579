"""Files that make other programs run something, or change what Claude itself may do.

An edit of one is worth more than the file: a hook of git's runs with the next commit, a task of the
editor's with the next folder that is opened. So each is asked about, whatever was said of edits.
"""

from __future__ import annotations

from typing import Final

PROTECTED_FOLDERS: Final = (
    ".git", ".hg", ".svn", ".husky", ".claude", ".vscode", ".idea", ".devcontainer", ".github",
)  # fmt: skip

PROTECTED_NAMES: Final = (
    ".mcp.json", "claude.md", "claude.local.md", ".gitconfig", ".gitmodules", ".gitattributes",
    ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", ".zshenv", ".envrc",
    ".pre-commit-config.yaml", ".ripgreprc", ".npmrc", ".yarnrc", ".yarnrc.yml",
)  # fmt: skip


def is_protected(path: str) -> bool:
    """Whether a file of this path is one, in any case of letters."""
    *folders, name = path.replace("\\", "/").casefold().rstrip("/").split("/")
    return name in PROTECTED_NAMES or any(each in PROTECTED_FOLDERS for each in (*folders, name))
