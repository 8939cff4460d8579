"""The scripted model, running: in the test's own event loop, or in a thread of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import anyio.from_thread

from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import Script
from claude_sidecar.offline.server import Exchange, MessagesServer


class Model:
    """A script, and the server that plays it."""

    def __init__(self) -> None:
        self.script = Script()
        self.server = MessagesServer(self.script)

    @property
    def url(self) -> str:
        """What `ANTHROPIC_BASE_URL` is to be."""
        return self.server.url

    @property
    def requests(self) -> list[MessagesRequest]:
        """What it was asked, in order; Claude Code's auxiliary calls left out."""
        return self.server.requests

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request, with its answer and how it ended."""
        return self.server.exchanges

    @property
    def billed(self) -> TokenUsage:
        """The sum of all that was billed."""
        usages = [exchange.usage for exchange in self.exchanges]
        return TokenUsage(
            input=sum(usage.input for usage in usages),
            output=sum(usage.output for usage in usages),
            cache_write=sum(usage.cache_write for usage in usages),
            cache_read=sum(usage.cache_read for usage in usages),
        )

    def check(self) -> None:
        """Fail if the script ran out or broke."""
        assert not self.script.problems, self.script.problems
        assert not self.server.failures, self.server.failures


@asynccontextmanager
async def running_model() -> AsyncGenerator[Model]:
    """A scripted model in this event loop."""
    model = Model()
    async with model.server:
        yield model
    model.check()


@contextmanager
def model_in_thread() -> Generator[Model]:
    """A scripted model in a thread of its own, for a test that blocks."""
    model = Model()
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(model.server),
    ):
        yield model
    model.check()
