"""The options that subcommands share, declared once.

A command that is wrapped in `takes_flags` is given them as one record, its first argument.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from claude_sidecar.settings import LOG_LEVELS
from claude_sidecar.terminal.configuration import Flags

P = ParamSpec("P")
R = TypeVar("R")

_KEEPING = (
    click.option("--workspace", metavar="DIR", help="The workspace; else found from the file."),
    click.option("--store", metavar="PATH", help="Where sessions are kept."),
    click.option("--config", metavar="FILE", help="Settings, in place of the user's own file."),
    click.option("--log-level", type=click.Choice(LOG_LEVELS), help="How much goes to the log."),
)
_ASKING = (
    click.option("--offline", is_flag=True, help="Use the built-in reviewer instead of Claude."),
    click.option("--model", metavar="NAME", help="The model to use."),
    click.option(
        "--max-turns",
        metavar="N",
        type=click.IntRange(1, 1000),
        help="How often Claude may go round with its tools.",
    ),
)


def takes_flags(
    *, asks_claude: bool
) -> Callable[[Callable[Concatenate[Flags, P], R]], Callable[P, R]]:
    """Add the shared options, those of a turn too if it `asks_claude`."""
    options = (*_ASKING, *_KEEPING) if asks_claude else _KEEPING

    def decorate(function: Callable[Concatenate[Flags, P], R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            names = [name for name in Flags.__dataclass_fields__ if name in kwargs]
            flags: dict[str, Any] = {name: kwargs.pop(name) for name in names}
            return function(Flags(**flags), *args, **kwargs)

        for option in reversed(options):
            wrapper = option(wrapper)
        return wrapper

    return decorate


file_option = click.option(
    "--file", metavar="FILE", help="The file it is about; else the workspace itself."
)
json_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the output is written.",
)
