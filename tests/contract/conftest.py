"""Fixtures of the contract tests: a real agent against the scripted model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.settings import Settings
from support.agents import ECHO, Conversation
from support.sidecars import Desk


@pytest.fixture
async def agent(environment: dict[str, str]) -> AsyncGenerator[ClaudeAgent]:
    """An agent whose processes talk to the scripted model."""
    async with ClaudeAgent([ECHO], live_max=2, idle_seconds=60) as agent:
        yield agent


@pytest.fixture
def talk(tmp_path: Path) -> Conversation:
    """A new conversation in a folder of its own."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return Conversation(folder)


@pytest.fixture
def desk(tmp_path: Path, environment: dict[str, str]) -> Desk:
    """A workspace with sidecars on one store."""
    folder = tmp_path / "shop"
    folder.mkdir()
    settings = Settings(
        store_url=str(tmp_path / "store" / "sidecar.sqlite3"),
        live_prewarm=False,
        env={"CLAUDE_CODE_MAX_RETRIES": "1"},
    )
    return Desk(folder, settings)
