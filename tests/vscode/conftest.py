"""One VS Code for each worker, a window for each test, and a model that is scripted for it.

Where something it takes is missing, these tests are skipped and say what; in CI they fail.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, TimeoutError  # noqa: A004

from support.model import Model, model_in_thread
from support.vscode import companion, parts
from support.vscode.browsing import browser, page_at
from support.vscode.serving import CodeServer, code_server
from support.vscode.window import Window

SIDE_BY_SIDE = 2
"""How many windows may be open at once, over all workers: each takes a gigabyte and most of a core."""
TESTED_SERVER = Path(sys.executable).parent / "claude-sidecar"

Opener = Callable[..., Window]
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = parts.missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # Fixtures have deadlines of their own, and a test may wait its turn to open windows.
            item.add_marker(pytest.mark.timeout(180, func_only=True))
            if reason is not None and "CI" not in os.environ:
                item.add_marker(pytest.mark.skip(reason=f"VS Code: {reason}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def vsix() -> Path:
    """The extension as it is packaged."""
    reason = parts.missing()
    assert reason is None, reason
    packaged = parts.vsix()
    assert packaged is not None
    return packaged


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory, vsix: Path) -> Sequence[Path]:
    """The extension and the tests' own, which does nothing until it is asked."""
    return [vsix, companion.packaged(tmp_path_factory.mktemp("companion"))]


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, extensions: Sequence[Path]
) -> Generator[CodeServer]:
    """VS Code with the packaged extension, which starts the server of this checkout."""
    settings = {"claudeSidecar.server.path": str(TESTED_SERVER)}
    with code_server(tmp_path_factory.mktemp("code"), extensions, settings) as served:
        yield served


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """A browser. While it runs, so does an event loop in this thread, and no asynchronous test can:
    so it is gone before the tests of another module begin.
    """
    with browser() as running:
        yield running


@pytest.fixture
def scripted() -> Generator[Model]:
    """A model that this test scripts; `open_window` points its windows there."""
    with model_in_thread() as model:
        yield model


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder to open, with two files in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "stats.py").write_text(STATS, encoding="utf-8")
    (folder / "ledger.py").write_text(LEDGER, encoding="utf-8")
    return folder


@pytest.fixture
def open_window(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    served: CodeServer,
    chromium: Browser,
) -> Generator[Opener]:
    """Opens a folder in a window of its own, with a store of the test's own.

    Where the test has a scripted model, that answers; else the built-in reviewer does. `starts`: the
    server is expected to start. `roots`: folders in it, to be the roots of one window.
    """
    model: Model | None = None
    if "scripted" in request.fixturenames:
        model = request.getfixturevalue("scripted")

    with ExitStack() as stack:
        stack.enter_context(_a_slot(tmp_path_factory.getbasetemp().parent))

        def open_it(
            folder: Path,
            settings: Mapping[str, Any] | None = None,
            *,
            starts: bool = True,
            roots: Sequence[str] = (),
            **size: int,
        ) -> Window:
            given = dict(settings or {})
            if model is not None:
                variables = given.get("claudeSidecar.env", {})
                given["claudeSidecar.env"] = {"ANTHROPIC_BASE_URL": model.url, **variables}
            mine = {
                "claudeSidecar.store.url": str(tmp_path / "store.sqlite3"),
                "claudeSidecar.offline": model is None,
                **given,
            }
            opened = _settled(folder, roots, mine)
            page = page_at(chromium, served.address(opened), **size)
            stack.callback(page.context.close)
            stack.callback(_picture_of_failure, request.node, page)
            window = Window(page)
            if roots:
                _wait_for_roots(window, roots)
            if starts:
                window.wait_until_started()
            return window

        yield open_it


def _settled(folder: Path, roots: Sequence[str], settings: Mapping[str, Any]) -> Path:
    """Write the settings down where VS Code reads them; what is to be opened."""
    if roots:
        place = folder / "all.code-workspace"
        content = {"folders": [{"path": root} for root in roots], "settings": settings}
        place.write_text(json.dumps(content), encoding="utf-8")
        return place
    place = folder / ".vscode" / "settings.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(settings), encoding="utf-8")
    return folder


def _wait_for_roots(window: Window, roots: Sequence[str]) -> None:
    """A busy VS Code may read its workspace before it has access to files, and then take it for empty."""
    rows = window.page.locator(".explorer-folders-view .monaco-list-row")
    for _ in range(3):
        with suppress(TimeoutError):
            rows.filter(has_text=roots[-1]).first.wait_for(timeout=20_000)
            return
        window.page.reload()


def _picture_of_failure(test: pytest.Item, page: Page) -> None:
    if test.stash.get(FAILED, False):
        page.screenshot(path=parts.PICTURES / "failed" / f"{test.name}.png")


@contextmanager
def _a_slot(folder: Path) -> Generator[None]:
    """One of a few places that all workers share, held while a test has windows open."""
    import fcntl  # where these tests run there is one

    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    with (folder / f"vscode-{number % SIDE_BY_SIDE}.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


STATS = """\
def mean(numbers):
    return sum(numbers) / len(numbers)


def loudest(readings, seen=[]):
    try:
        seen.append(max(readings))
    except:
        pass
    return seen
"""
LEDGER = """\
def balance(entries):
    total = 0
    for entry in entries:
        total += entry.amount
    return total
"""
