"""The settings of the command line: the user's `config.toml`, and over it the flags.

The file has one table, `[claudeSidecar]`, with the settings that editors use. What is wrong in it
is told by name and does not keep a command from running; a wrong flag does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from platformdirs import user_config_path

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.settings import SECTION, Problem, Settings, parse


@dataclass(frozen=True, slots=True)
class Flags:
    """The options that most subcommands share; None where one was not given."""

    offline: bool = False
    model: str | None = None
    max_turns: int | None = None
    workspace: str | None = None
    store: str | None = None
    config: str | None = None
    log_level: str | None = None


def default_config_path() -> Path:
    """Where the user's own file is, whether or not it exists."""
    return user_config_path("claude-sidecar", appauthor=False) / "config.toml"


def read_settings(flags: Flags) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings that hold for a command, and what is wrong in the file.

    :raises InvalidRequest: if a flag's value is not allowed, or the file named by `--config` is
        not there.
    """
    path = default_config_path() if flags.config is None else Path(flags.config)
    if flags.config is not None and not path.is_file():
        raise InvalidRequest(f"--config {path}: there is no such file.")
    section, unreadable = _section(path)
    settings, problems = parse(section)
    settings, wrong = parse(_given(flags), settings)
    if wrong:
        raise InvalidRequest(" ".join(problem.message for problem in wrong))
    return settings, (*unreadable, *problems)


def _given(flags: Flags) -> dict[str, Any]:
    values = {
        "offline": flags.offline or None,
        "model": flags.model,
        "maxTurns": flags.max_turns,
        "store.url": None if flags.store is None else _absolute(flags.store),
        "log.level": flags.log_level,
    }
    return {name: value for name, value in values.items() if value is not None}


def _absolute(store: str) -> str:
    """A store as the setting wants it: on the command line a path may be relative."""
    return store if "://" in store else str(Path(store).expanduser().absolute())


def _section(path: Path) -> tuple[Any, tuple[Problem, ...]]:
    try:
        document: Mapping[str, Any] = tomli.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, ()
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        return None, (Problem(str(path), f"{path} cannot be read and is ignored: {error}"),)
    strangers = tuple(
        Problem(name, f"{path}: {name!r} stands outside the table [{SECTION}] and is ignored.")
        for name in document
        if name != SECTION
    )
    return document.get(SECTION), strangers
