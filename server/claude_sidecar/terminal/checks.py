"""What `doctor` looks at: each check says what is, whether that will do, and what to do if not.

No credential is read: of a login only the names of environment variables are looked at.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from claude_sidecar import __version__
from claude_sidecar.errors import SidecarError, TurnFailure
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import ReviewRequest
from claude_sidecar.sessions.ports import StoreHealth
from claude_sidecar.settings import Problem, Settings
from claude_sidecar.terminal.configuration import default_config_path
from claude_sidecar.terminal.engine import Engine, running_engine
from claude_sidecar.terminal.side_by_side import Unseen
from claude_sidecar.terminal.words import number_of

Verdict: TypeAlias = Literal["ok", "warning", "failed"]

LOGIN_VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN")
PROVIDER_VARIABLES = (
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "ANTHROPIC_BASE_URL",
)
_SAMPLE = "def total(prices=[]):\n    return totl\n"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check; `remedy` says what to do where it is not `ok`."""

    name: str
    verdict: Verdict
    detail: str
    remedy: str | None = None


def check_python() -> Check:
    """This Python; the package could not have been installed on one that is too old."""
    detail = f"{platform.python_version()} on {platform.system()}, claude-sidecar {__version__}"
    return Check("Python", "ok", detail)


def check_settings(path: str | None, problems: tuple[Problem, ...]) -> Check:
    """The settings file."""
    place = Path(path) if path else default_config_path()
    if problems:
        wrong = " ".join(problem.message for problem in problems)
        return Check("Settings", "warning", wrong, f"Correct {place}.")
    detail = str(place) if place.is_file() else f"{place} does not exist: the defaults hold"
    return Check("Settings", "ok", detail)


def check_claude(engine: Engine) -> Check:
    """The SDK, and the Claude Code it will start."""
    try:
        status = engine.call(engine.sidecar.status)
    except TurnFailure as failure:
        return Check("Claude Code", "failed", failure.message, failure.hint)
    if status.cli is None:
        return Check(
            "Claude Code",
            "failed",
            f"Claude Agent SDK {status.sdk or 'not found'}, but no Claude Code was found",
            "Install claude-sidecar anew from a wheel, or name the executable: setting cliPath.",
        )
    return Check("Claude Code", "ok", f"{status.cli}, Claude Agent SDK {status.sdk}")


def check_login(environment: Mapping[str, str], *, offline: bool) -> Check:
    """Whether something that logs Claude Code in is set: names of variables, never values."""
    if offline:
        return Check("Login", "ok", "not needed: the setting offline is on")
    named = [name for name in (*LOGIN_VARIABLES, *PROVIDER_VARIABLES) if environment.get(name)]
    if named:
        return Check("Login", "ok", f"set in the environment: {', '.join(named)}")
    return Check(
        "Login",
        "warning",
        "no key in the environment; a login of Claude Code's own is used if there is one",
        "Run `claude` and /login, or set ANTHROPIC_API_KEY, or try it with --offline.",
    )


def check_store(health: StoreHealth) -> Check:
    """Where sessions are kept."""
    if health.problem or not health.persistent:
        detail = health.problem or f"{health.location} cannot be written"
        remedy = f"Make {health.location} writable, or choose another place: --store PATH."
        return Check("Store", "warning" if health.persistent else "failed", detail, remedy)
    return Check("Store", "ok", health.location)


def check_workspace(workspaces: Workspaces) -> Check:
    """The workspace that commands here belong to."""
    folder = workspaces.key_of_workspace().workspace
    if (Path(folder) / ".git").exists():
        return Check("Workspace", "ok", f"{folder} (a Git work tree)")
    return Check("Workspace", "ok", f"{folder} (no Git work tree; --workspace chooses another)")


def check_offline(settings: Settings) -> Check:
    """A review from end to end, without a network: Claude Code, tools, store and all."""
    with tempfile.TemporaryDirectory(
        prefix="claude-sidecar-", ignore_cleanup_errors=True
    ) as folder:
        sample = Path(folder) / "sample.py"
        sample.write_text(_SAMPLE, encoding="utf-8")
        trial = replace(
            settings,
            offline=True,
            model=None,
            store_url=str(Path(folder) / "store.sqlite3"),
            env={**settings.env, "CLAUDE_CONFIG_DIR": folder},
            setting_sources=(),
            live_prewarm=False,
        )
        workspaces = Workspaces([folder])
        try:
            with running_engine(trial, workspaces, None) as engine:
                request = ReviewRequest(workspaces.key_of_file(str(sample)))
                result = engine.run_turn(request, Unseen())
        except SidecarError as error:
            hint = error.hint if isinstance(error, TurnFailure) else None
            return Check("Trial review", "failed", str(error), hint)
    return _trial_result(result)


def _trial_result(result: TurnResult) -> Check:
    if result.error is not None:
        return Check("Trial review", "failed", result.error.message, result.error.hint)
    if not result.findings:
        return Check(
            "Trial review",
            "failed",
            "the offline reviewer found nothing in a file with two defects",
            "Install claude-sidecar anew: `ruff` has to come with it.",
        )
    count = number_of(len(result.findings), "finding")
    return Check("Trial review", "ok", f"offline, {count} in a file with two defects")
