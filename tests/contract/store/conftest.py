"""A store in a folder of its own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Generator
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


@pytest.fixture
def time_zone(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[str], None]]:
    """Moves this process to a time zone, until the test is over."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()
