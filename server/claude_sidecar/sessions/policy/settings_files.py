"""What Claude Code's own settings files refuse: `permissions.deny`.

Claude Code holds its own tools to these rules. Ours come to the same files by another way and have
other names, so the rules are read here too: who has denied `Read(secrets/**)` does not mean
`Read` alone. As in https://docs.claude.com/en/docs/claude-code/settings#settings-files.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from claude_sidecar.sessions.policy.rules import Rule, parse_rule

logger = logging.getLogger(__name__)

_LIMIT = 1024 * 1024
"""Bytes of a settings file that are looked at."""


def refused_by_files(sources: Sequence[str], home: Path, workspace: str) -> tuple[Rule, ...]:
    """The rules that refuse, out of all files that hold.

    :param sources: which files are loaded, out of `user`, `project` and `local`; what the machine's
        administrator says holds in any case.
    :param home: Claude Code's own folder, where the user's file is.
    """
    files = {
        "user": home / "settings.json",
        "project": Path(workspace, ".claude", "settings.json"),
        "local": Path(workspace, ".claude", "settings.local.json"),
    }
    wanted = [*(files[each] for each in sources if each in files), _managed()]
    return tuple(rule for file in wanted for rule in _refused_in(file))


def _refused_in(file: Path) -> Iterator[Rule]:
    try:
        with file.open("rb") as opened:
            settings: Any = json.loads(opened.read(_LIMIT))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:  # Claude Code says so itself, and goes on without it
        logger.warning("The settings of Claude Code in %s cannot be read: %s", file.name, error)
        return
    permissions = _field(settings, "permissions")
    denied = _field(permissions, "deny")
    for rule in cast("list[object]", denied) if isinstance(denied, list) else []:
        if isinstance(rule, str):
            yield parse_rule(rule)


def _field(holder: object, name: str) -> Any:
    return cast("dict[str, Any]", holder).get(name) if isinstance(holder, dict) else None


def _managed() -> Path:
    match sys.platform:
        case "darwin":
            return Path("/Library/Application Support/ClaudeCode/managed-settings.json")
        case "win32":
            return Path("C:/Program Files/ClaudeCode/managed-settings.json")
        case _:
            return Path("/etc/claude-code/managed-settings.json")
