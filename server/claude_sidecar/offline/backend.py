"""The offline backend as an environment for Claude Code: it talks to this machine alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from claude_sidecar.offline.reviewer import Reviewer
from claude_sidecar.offline.server import MessagesServer


@asynccontextmanager
async def offline_backend() -> AsyncGenerator[dict[str, str]]:
    """Serve the rule-based reviewer, and give the environment that points Claude Code at it."""
    async with MessagesServer(Reviewer()) as server:
        yield environment_for(server.url)


def environment_for(url: str) -> dict[str, str]:
    """Variables that point Claude Code at `url` and keep it from all else.

    What the user may have set for a login or a provider of their own is blanked: an empty
    variable counts as none.
    """
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "offline",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_AUTOUPDATER": "1",
        "ENABLE_TOOL_SEARCH": "false",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    } | dict.fromkeys(_OF_THE_USERS_OWN, "")


_OF_THE_USERS_OWN = (
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_CUSTOM_HEADERS",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
)
