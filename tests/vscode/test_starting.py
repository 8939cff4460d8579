"""How the server is found, made, and started again."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.vscode.serving import CodeServer
from vscode.conftest import Opener


def servers_of(served: CodeServer) -> set[int]:
    """The language servers that this VS Code has started, by their process ids."""
    home = f"HOME={served.user_settings.parents[2] / 'home'}\0".encode()
    return {
        pid
        for pid, command, environment in _processes()
        if home in environment and "serve" in command
    }


def _processes() -> Iterator[tuple[int, list[str], bytes]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                yield int(entry.name), command, (entry / "environ").read_bytes()
            except OSError:
                continue  # it has ended


def test_a_server_that_is_killed_is_started_again(
    open_window: Opener, served: CodeServer, project: Path
) -> None:
    before = servers_of(served)
    window = open_window(project)
    window.open_file("stats.py")
    (mine,) = servers_of(served) - before
    os.kill(mine, signal.SIGKILL)
    expect(window.status.locator(".codicon-loading")).to_be_visible()
    window.wait_until_started()
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles().first).to_be_visible()


def test_a_server_that_is_not_there_is_named_with_what_to_do(
    open_window: Opener, project: Path
) -> None:
    window = open_window(
        project, {"claudeSidecar.server.path": "/nowhere/claude-sidecar"}, starts=False
    )
    toast = window.toast("/nowhere/claude-sidecar was not found")
    expect(toast).to_contain_text("claudeSidecar.server.path")
    toast.get_by_role("button", name="Choose the Server").click()
    expect(window.page.get_by_text(re.compile("Claude Sidecar .* Server: Path"))).to_be_visible()
    expect(window.status.locator(".codicon-debug-disconnect")).to_be_visible()


@pytest.mark.fresh
@pytest.mark.timeout(600)
def test_without_a_server_one_is_installed_from_the_extension(
    open_window: Opener, served: CodeServer, project: Path
) -> None:
    window = open_window(project, {"claudeSidecar.server.path": ""}, starts=False)
    window.wait_until_started(minutes=8)
    window.open_file("stats.py")
    window.command("Claude Sidecar: Review File")
    expect(window.squiggles().first).to_be_visible()
    storage = served.user_settings.parent / "globalStorage" / "claude-sidecar.claude-sidecar"
    assert [each.name for each in (storage / "server").iterdir()] == ["0.1.0"]
