"""`claude-sidecar serve`: the language server, as editors start it.

Only arguments are read here; nothing that costs time may be imported.
"""

from __future__ import annotations

import click

from claude_sidecar.settings import LOG_LEVELS
from claude_sidecar.terminal.program import Address, Program, ServeArguments


def _address(_context: click.Context, _option: click.Parameter, text: str | None) -> Address | None:
    if text is None:
        return None
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 0xFFFF:
        raise click.BadParameter(f"{text!r} is not HOST:PORT, like 127.0.0.1:9000.")
    return host.strip("[]"), int(port)


@click.command("serve", short_help="Run the language server.")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output (the default).")
@click.option("--tcp", metavar="HOST:PORT", callback=_address, help="Listen for TCP connections.")
@click.option("--ws", metavar="HOST:PORT", callback=_address, help="Listen for WebSockets.")
@click.option(
    "--token-file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Let in only clients that show the token in this file.",
)
@click.option("--offline", is_flag=True, help="Use the built-in reviewer instead of Claude.")
@click.option("--log-level", type=click.Choice(LOG_LEVELS), help="How much goes to the log.")
@click.pass_obj
def command(
    program: Program,
    *,
    stdio: bool,
    tcp: Address | None,
    ws: Address | None,
    token_file: str | None,
    offline: bool,
    log_level: str | None,
) -> int:
    """Run the language server over standard input and output, TCP or WebSocket.

    On loopback, other users of the machine and pages in browsers are kept out. With --token-file or
    the variable CLAUDE_SIDECAR_TOKEN, clients must show that token; on other addresses they always
    must, and one is made and told once where none is given.
    """
    if sum((stdio, tcp is not None, ws is not None)) > 1:
        raise click.UsageError("--stdio, --tcp and --ws exclude each other: give one of them.")
    return program.serve(ServeArguments(tcp, ws, token_file, offline, log_level))
