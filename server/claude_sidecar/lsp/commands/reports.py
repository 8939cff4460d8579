"""Commands that tell how things stand: `usage` and `status`."""

from __future__ import annotations

from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.configuration import Configuration
from claude_sidecar.lsp.convert import seconds_from_time
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.readable import status_text, usage_text
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.wire import reports as wire
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.shapes.usage import usage_report_shape


class ReportCommands:
    """Answers from what is recorded and known."""

    def __init__(self, places: Places, configuration: Configuration, replies: Replies) -> None:
        self._places = places
        self._configuration = configuration
        self._replies = replies

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.USAGE, wire.UsageArguments, self.usage),
            Command(names.STATUS, wire.StatusArguments, self.status),
        ]  # pyright: ignore[reportReturnType]

    async def usage(self, call: Call, arguments: wire.UsageArguments) -> JsonObject:
        """`usage`."""
        since = arguments.since
        report = await call.sidecar.sessions.usage(
            workspace=self._places.workspace(arguments.workspace),
            since=None if since is None else seconds_from_time(since, field="since"),
        )
        await self._replies.document("Usage", usage_text(report))
        return usage_report_shape(report)

    async def status(self, call: Call, arguments: wire.StatusArguments) -> JsonObject:
        """`status`."""
        del arguments
        status = await call.sidecar.status()
        problems = self._configuration.problems
        await self._replies.document("Status", status_text(status, problems))
        store: JsonObject = {
            "location": status.store.location,
            "persistent": status.store.persistent,
            "problem": status.store.problem,
        }
        return {
            "server": status.server,
            "sdk": status.sdk,
            "cli": status.cli,
            "authenticated": status.authenticated,
            "store": store,
            "liveSessions": status.live_sessions,
            "settingsProblems": [
                {"setting": each.setting, "message": each.message} for each in problems
            ],
        }
