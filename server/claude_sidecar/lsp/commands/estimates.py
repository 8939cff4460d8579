"""`estimate`: what a review may take, before anybody asks for it."""

from __future__ import annotations

from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.wire import estimates as wire
from claude_sidecar.sessions.budgets.cost_consent import in_words
from claude_sidecar.sessions.budgets.estimator import AnyReview
from claude_sidecar.sessions.model import JsonObject, Key
from claude_sidecar.sessions.planning.requests import ReviewChangesRequest, ReviewRequest
from claude_sidecar.sessions.shapes.usage import warned_shape


class EstimateCommands:
    """Estimates for one client."""

    def __init__(self, places: Places, ranges: Ranges, replies: Replies) -> None:
        self._places = places
        self._ranges = ranges
        self._replies = replies

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [Command(names.ESTIMATE, wire.EstimateArguments, self.estimate)]  # pyright: ignore[reportReturnType]

    async def estimate(self, call: Call, arguments: wire.EstimateArguments) -> JsonObject:
        """`estimate`."""
        request = await self._request(call, arguments)
        warned = await call.sidecar.estimator.of(request)
        self._replies.note(" ".join(filter(None, (in_words(warned.estimate), warned.reason))))
        return warned_shape(warned)

    async def _request(self, call: Call, arguments: wire.EstimateArguments) -> AnyReview:
        if arguments.base is not None:
            workspace = self._places.workspace(arguments.workspace)
            key = self._places.key(None) if workspace is None else Key(workspace)
            changes = await call.sidecar.changes.read(key, arguments.base)
            return ReviewChangesRequest(changes, fresh=arguments.fresh)
        key = self._places.key(arguments.uri)
        if arguments.range is None or key.file is None:
            return ReviewRequest(key, fresh=arguments.fresh)
        range_ = self._ranges.from_client(key.path, arguments.range)
        return ReviewRequest(key, range_, fresh=arguments.fresh)
