"""Fixtures for every test: the scripted model, and an environment built from nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.environment import clean_environment
from support.model import Model, model_in_thread, running_model

# A busy machine is no failure, and what CI runs is the same each time.
settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("steady")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def model() -> AsyncGenerator[Model]:
    """A scripted model in the test's own event loop."""
    async with running_model() as model:
        yield model


@pytest.fixture
def threaded_model() -> Generator[Model]:
    """A scripted model in its own thread, for tests that drive another process and block."""
    with model_in_thread() as model:
        yield model


@pytest.fixture
def environment(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The whole environment of a process that talks to the test's model, in whichever fixture.

    It is made this process's own as well, since the SDK hands that on to the processes it starts.
    """
    name = "threaded_model" if "threaded_model" in request.fixturenames else "model"
    model: Model = request.getfixturevalue(name)
    environment = clean_environment(tmp_path, model.url)
    for variable in os.environ.keys() - environment.keys() - {"PYTEST_CURRENT_TEST"}:
        monkeypatch.delenv(variable)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    return environment
