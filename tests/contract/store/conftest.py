"""A store in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from claude_sidecar.sessions.ports import Store
from claude_sidecar.store.sqlite import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sidecar.sqlite3"


@pytest.fixture
async def store(path: Path) -> AsyncGenerator[Store]:
    async with open_store(path) as store:
        yield store
