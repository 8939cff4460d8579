"""The settings, their defaults, and what is wrong with what a user wrote.

`SCHEMA` is the one list of settings: their wire names, allowed values, defaults and descriptions.
`parse` accepts nested objects (`{"budget": {"turnUsd": 1}}`) and dotted keys
(`{"budget.turnUsd": 1}`) alike. It never fails: a wrong value is reported as a `Problem` that
names the setting and what it allows, and its default is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from claude_sidecar.setting_values import (
    NotAllowedError,
    boolean,
    choice,
    environment,
    integer,
    list_of,
    number,
    one_of,
    optional,
    text,
)

SECTION = "claudeSidecar"

EFFORTS = ("low", "medium", "high", "xhigh", "max")
PERMISSION_MODES = ("default", "acceptEdits", "plan", "dontAsk", "bypassPermissions")
SETTING_SOURCES = ("user", "project", "local")
LOG_LEVELS = ("debug", "info", "warning", "error")
SEVERITIES = ("error", "warning", "information", "hint")
REVIEWERS = (
    "correctness",
    "security",
    "performance",
    "concurrency",
    "tests",
    "api",
    "readability",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults. Amounts of money are US dollars, times seconds."""

    model: str | None = None
    effort: str | None = None
    max_turns: int | None = None
    permission_mode: str = "default"
    permission_wait_seconds: int = 900
    allowed_tools: tuple[str, ...] = ()
    disallowed_tools: tuple[str, ...] = ()
    setting_sources: tuple[str, ...] = ("user",)
    trusted: bool = True
    budget_turn_usd: float | None = None
    budget_session_usd: float | None = None
    budget_day_usd: float | None = None
    live_max: int = 4
    live_idle_seconds: float = 600.0
    live_prewarm: bool = True
    review_min_severity: str = "hint"
    review_reviewers: tuple[str, ...] = ()
    review_verify: bool = False
    review_confirm_above_usd: float = 2.0
    debug_attempts: int = 3
    debug_test_seconds: float = 600.0
    context_warn_at_percent: int = 80
    rewind_keep_days: int = 30
    rewind_keep_mb: int = 500
    store_url: str | None = None
    cli_path: str | None = None
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    offline: bool = False
    log_level: str = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that could not be used as written."""

    setting: str
    message: str


@dataclass(frozen=True, slots=True)
class Option:
    """One setting.

    :param name: its wire name below the section, dotted.
    :param attribute: its attribute of :class:`Settings`.
    :param allowed: what it allows, in words, for people.
    :param convert: from a JSON value; raises `NotAllowedError`.
    :param description: what it does, one sentence.
    """

    name: str
    attribute: str
    allowed: str
    convert: Callable[[Any], Any]
    description: str

    @property
    def default(self) -> Any:
        """What holds where the user sets nothing."""
        return getattr(Settings(), self.attribute)


SCHEMA: tuple[Option, ...] = (
    Option("model", "model", "a model's name or null", optional(text),
           "The model to use; null leaves the choice to Claude Code."),
    Option("effort", "effort", f"{one_of(EFFORTS)} or null", optional(choice(*EFFORTS)),
           "How hard the model thinks; null leaves it to Claude Code."),
    Option("maxTurns", "max_turns", "a whole number from 1 to 1000 or null",
           optional(integer(1, 1000)),
           "How many times Claude may go round with its tools within one turn."),
    Option("permissionMode", "permission_mode", one_of(PERMISSION_MODES),
           choice(*PERMISSION_MODES),
           "How Claude Code asks before it runs or edits something."),
    Option("permission.waitSeconds", "permission_wait_seconds",
           "a whole number of seconds from 1 to 86400", integer(1, 86_400),
           "How long Claude waits for your answer; after that it is a no."),
    Option("allowedTools", "allowed_tools", "a list of tool names or rules", list_of(text),
           "Tools that need no permission, where a turn may use them at all."),
    Option("disallowedTools", "disallowed_tools", "a list of tool names or rules", list_of(text),
           "Tools that are never used."),
    Option("settingSources", "setting_sources", f"a list of {one_of(SETTING_SOURCES)}",
           list_of(choice(*SETTING_SOURCES)),
           "Which of Claude Code's own settings files are loaded; project ones can run hooks."),
    Option("trusted", "trusted", "true or false", boolean,
           "Whether the workspace is trusted; of one that is not nothing is loaded, and nothing in it "
           "is run or changed."),
    Option("budget.turnUsd", "budget_turn_usd", "a number above 0 or null",
           optional(number(0.0001)), "What one turn may cost at most."),
    Option("budget.sessionUsd", "budget_session_usd", "a number above 0 or null",
           optional(number(0.0001)), "What one session may cost at most."),
    Option("budget.dayUsd", "budget_day_usd", "a number above 0 or null",
           optional(number(0.0001)), "What all turns of a day may cost at most."),
    Option("live.max", "live_max", "a whole number from 0 to 64", integer(0, 64),
           "How many idle Claude Code processes are kept warm; each takes about 110 MB."),
    Option("live.idleSeconds", "live_idle_seconds", "a number of seconds, 0 or more", number(0),
           "How long an idle process is kept."),
    Option("live.prewarm", "live_prewarm", "true or false", boolean,
           "Start a process ahead of the first prompt when a document is opened."),
    Option("review.minSeverity", "review_min_severity", one_of(SEVERITIES),
           choice(*SEVERITIES), "Findings milder than this are not shown."),
    Option("review.reviewers", "review_reviewers", f"a list of {one_of(REVIEWERS)}",
           list_of(choice(*REVIEWERS)), "What a review looks for; empty means everything."),
    Option("review.verify", "review_verify", "true or false", boolean,
           "Have Claude check each finding once more before it reports it."),
    Option("review.confirmAboveUsd", "review_confirm_above_usd", "a number, 0 or more", number(0),
           "Ask before a review that may cost more than so many dollars."),
    Option("debug.attempts", "debug_attempts", "a whole number from 1 to 20", integer(1, 20),
           "How often Claude may try to make a failing test pass within one turn."),
    Option("debug.testSeconds", "debug_test_seconds", "a number of seconds above 0", number(0.1),
           "How long a test may run before it is ended with all that it has started."),
    Option("context.warnAtPercent", "context_warn_at_percent", "a whole number from 1 to 100",
           integer(1, 100), "Warn when a conversation fills this much of the context window."),
    Option("rewind.keepDays", "rewind_keep_days", "a whole number from 1 to 3650",
           integer(1, 3650),
           "For how many days it is kept what files were before Claude changed them."),
    Option("rewind.keepMb", "rewind_keep_mb", "a whole number of megabytes from 1 to 1000000",
           integer(1, 1_000_000),
           "How much of that is kept at most, compressed; the oldest goes first."),
    Option("store.url", "store_url", "a path or sqlite:///PATH, or null", optional(text),
           "Where sessions are kept; null means the user's data folder."),
    Option("cliPath", "cli_path", "a path or null", optional(text),
           "The Claude Code executable; null means the one that comes with the SDK."),
    Option("env", "env", "an object of strings", environment,
           "Environment variables for Claude Code."),
    Option("offline", "offline", "true or false", boolean,
           "Use the built-in rule-based reviewer instead of Claude."),
    Option("log.level", "log_level", one_of(LOG_LEVELS), choice(*LOG_LEVELS),
           "How much is logged to standard error."),
)  # fmt: skip

_BY_NAME = {option.name: option for option in SCHEMA}
_GROUPS = {option.name.split(".")[0] for option in SCHEMA if "." in option.name}


def parse(raw: Any, base: Settings | None = None) -> tuple[Settings, tuple[Problem, ...]]:
    """Read settings as a client sent them.

    :param raw: the section's object; None means that nothing is set.
    :param base: what holds where `raw` says nothing; the defaults if not given.
    :returns: the settings, and a problem for each part of `raw` that was not used.
    """
    settings = base or Settings()
    if raw is None:
        return settings, ()
    if not isinstance(raw, Mapping):
        return settings, (Problem(SECTION, f"{SECTION} must be an object, not {raw!r}."),)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for name, value in _flatten(cast(Mapping[Any, Any], raw)):
        option = _BY_NAME.get(name)
        if option is None:
            problems.append(Problem(name, _unknown(name)))
            continue
        try:
            values[option.attribute] = convert(option, value)
        except NotAllowedError:
            problems.append(Problem(name, _not_allowed(option, value)))
            values[option.attribute] = option.default
    return replace(settings, **values), tuple(problems)


def convert(option: Option, value: Any) -> Any:
    """A JSON value as the option's own; null means the default where it is not a value itself."""
    if value is None:
        return option.default
    return option.convert(value)


def _flatten(raw: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in raw.items():
        if key in _GROUPS and isinstance(value, Mapping):
            group = cast(Mapping[Any, Any], value)
            pairs.extend((f"{key}.{inner}", each) for inner, each in group.items())
        else:
            pairs.append((str(key), value))
    return pairs


def _unknown(name: str) -> str:
    from difflib import get_close_matches  # slow to import, and seldom needed

    near = get_close_matches(name, _BY_NAME, n=1)
    hint = f" Did you mean {SECTION}.{near[0]}?" if near else ""
    return f"{SECTION}.{name} is not a setting.{hint}"


def _not_allowed(option: Option, value: Any) -> str:
    return (
        f"{SECTION}.{option.name} is {value!r} but must be {option.allowed}; "
        f"the default, {option.default!r}, is used."
    )
