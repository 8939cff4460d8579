"""Running a turn whose answer is a reply, and telling how it ended."""

from __future__ import annotations

from claude_sidecar.sessions.planning.requests import TurnRequest
from claude_sidecar.terminal.documents import result_json
from claude_sidecar.terminal.invocation import Invocation, Opened
from claude_sidecar.terminal.outcome import exit_status, spent, tell_ending


def answer(
    invocation: Invocation, sidecar: Opened, request: TurnRequest, output_format: str
) -> int:
    """Run the turn, show its reply as `text` or the whole result as `json`: the exit status."""
    result = sidecar.run(request)
    screen = invocation.screen
    if output_format == "json":
        screen.out.file.write(result_json(result, invocation.sources) + "\n")
        screen.out.file.flush()
    tell_ending(screen, result)
    screen.note(spent(result, offline=invocation.settings.offline))
    return exit_status(result)
