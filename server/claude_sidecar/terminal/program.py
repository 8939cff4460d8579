"""The way in: finds the subcommand, and turns how it ended into an exit status.

Subcommands are imported when they are called for, so that `--help` and `serve` start at once.
Nobody is shown a traceback: an error says what is wrong and what to do about it.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import click
from typing_extensions import override

from claude_sidecar import __version__
from claude_sidecar.errors import InvalidRequest, SidecarError, TurnFailure
from claude_sidecar.visible import visible

logger = logging.getLogger(__name__)

FINE = 0
FINDINGS = 1
UNVERIFIED = 1
WRONG_USAGE = 2
TURN_FAILED = 3
INTERRUPTED = 130

Address: TypeAlias = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True, slots=True)
class ServeArguments:
    """What `serve` was called with; over standard input and output where no address is given."""

    tcp: Address | None = None
    ws: Address | None = None
    token_file: str | None = None
    offline: bool = False
    log_level: str | None = None


Serve: TypeAlias = Callable[[ServeArguments], int]


@dataclass(frozen=True, slots=True)
class Program:
    """What subcommands are given from outside, as click's `obj`."""

    serve: Serve


_SUBCOMMANDS = {
    "serve": "Run the language server, as an editor does.",
    "review": "Review files.",
    "ask": "Ask a question about a file or the workspace.",
    "chat": "Talk with Claude.",
    "debug": "Find the cause of a failure, given on standard input.",
    "findings": "List what was found; dismiss it, or open it again.",
    "permissions": "List what was allowed for good; take it back.",
    "sessions": "List, show, resume, rename, export and delete conversations.",
    "usage": "Show what was used and spent.",
    "doctor": "Check that everything is in place.",
    "demo": "See it work: no key and no network needed.",
}


class _LateGroup(click.Group):
    """A group that imports a subcommand's module when it is called for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_SUBCOMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _SUBCOMMANDS:
            return None
        module = import_module(f"claude_sidecar.terminal.commands.{cmd_name}")
        return module.command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUBCOMMANDS.items()))


@click.group(
    name="claude-sidecar",
    cls=_LateGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Code review and debugging with Claude, in conversations that stay with your code.",
    epilog="Exit status: 0 fine, 1 findings at or above --fail-on, 2 wrong usage, "
    "3 the turn failed, 130 interrupted.",
)
@click.version_option(__version__, prog_name="claude-sidecar")
def _group() -> None:
    """Hold the subcommands together."""


def run(arguments: Sequence[str], *, serve: Serve) -> int:
    """Run the command line.

    :param arguments: without the program's own name.
    :param serve: runs the language server and gives its exit status.
    :returns: the exit status.
    """
    _print_anything()
    try:
        status: Any = _group.main(
            list(arguments), "claude-sidecar", standalone_mode=False, obj=Program(serve)
        )
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return WRONG_USAGE
    except BrokenPipeError:
        _forget_output()
        return TURN_FAILED
    except Exception as error:  # noqa: BLE001 - the edge of the program
        return _tell_failure(error)
    return status if isinstance(status, int) else FINE


def _tell_failure(error: Exception) -> int:
    """Show what went wrong, and give the exit status that goes with it."""
    error = _single(error)
    if not isinstance(error, SidecarError):
        logger.debug("The command failed", exc_info=error)
        _tell(f"Internal error: {type(error).__name__}: {error}")
        _tell("With --log-level debug the log shows where.", style="hint")
        return TURN_FAILED
    _tell(str(error))
    if isinstance(error, TurnFailure):
        _tell(error.hint, style="hint")
    return status_of(error)


def status_of(error: SidecarError) -> int:
    """The exit status that goes with an error."""
    return WRONG_USAGE if isinstance(error, InvalidRequest) else TURN_FAILED


def _single(error: Exception) -> Exception:
    """The error itself, where a group of tasks has wrapped it."""
    while len(errors := getattr(error, "exceptions", ())) == 1:
        error = errors[0]
    return error


def _tell(text: str, *, style: str = "error") -> None:
    if style == "error":
        click.secho("Error: ", err=True, fg="red", bold=True, nl=False)
        click.echo(visible(text), err=True)
    else:
        click.echo(f"       {visible(text)}", err=True)


def _print_anything() -> None:
    """Let characters that the terminal's encoding lacks be shown as escapes, not as a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Who reads the output went away: keep the interpreter from complaining at its exit."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
