"""Our copies of transcripts, read and written as the SDK's `SessionStore`."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from claude_agent_sdk import SessionStore
from claude_agent_sdk.testing import run_session_store_conformance

from claude_sidecar.agent.session_store import CopiedSessions
from claude_sidecar.store.sqlite import open_store

pytestmark = pytest.mark.anyio


async def test_it_passes_the_sdks_own_conformance_suite(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        made = 0

        async def new() -> SessionStore:
            nonlocal made
            made += 1
            path = tmp_path / str(made) / "sidecar.sqlite3"
            return CopiedSessions(await stack.enter_async_context(open_store(path)))

        await run_session_store_conformance(new)
    assert made > 10
