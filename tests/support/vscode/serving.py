"""code-server: VS Code's own workbench and extension host, served on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.environment import clean_environment
from support.vscode import parts

DEADLINE = 120.0
NOWHERE = "http://127.0.0.1:9"
"""Where no model listens: a window that is to have one says so in its workspace's settings."""

STEADY: Mapping[str, Any] = {
    "workbench.startupEditor": "none",
    "workbench.reduceMotion": "on",
    "workbench.quickOpen.closeOnFocusLost": False,
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "chat.disableAIFeatures": True,
    "git.enabled": False,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "editor.minimap.enabled": False,
    "terminal.integrated.gpuAcceleration": "off",
    "window.dialogStyle": "custom",
}


@dataclass(frozen=True)
class CodeServer:
    """A running one, with extensions installed."""

    url: str
    user_settings: Path

    def address(self, folder: Path | str) -> str:
        """What a browser opens to see a folder, or a `.code-workspace` file; a text is a folder's URI."""
        kind = "workspace" if str(folder).endswith(".code-workspace") else "folder"
        return f"{self.url}/?{kind}={folder}"


@contextmanager
def code_server(
    folder: Path, packages: Sequence[Path], settings: Mapping[str, Any], *, trust: bool = True
) -> Generator[CodeServer]:
    """Serve VS Code from `folder`, where all that it writes goes.

    :param packages: extensions to be installed, as `.vsix` files.
    :param trust: whether every workspace is trusted from the start.
    """
    environment = clean_environment(folder, NOWHERE)
    user_settings = folder / "data" / "User" / "settings.json"
    user_settings.parent.mkdir(parents=True)
    user_settings.write_text(json.dumps({**STEADY, **settings}), encoding="utf-8")
    # To a browser the server is a remote machine: settings that name programs count from here alone,
    # once the window is connected, and from the user's before that.
    machine_settings = folder / "data" / "Machine" / "settings.json"
    machine_settings.parent.mkdir(parents=True)
    machine_settings.write_text(json.dumps(settings), encoding="utf-8")
    places = ["--user-data-dir", str(folder / "data"), "--extensions-dir", str(folder / "ext")]
    installing = [part for package in packages for part in ("--install-extension", str(package))]
    _run([*places, *installing], environment)
    config = folder / "config.yaml"
    config.write_text("", encoding="utf-8")
    arguments = [
        *("--config", str(config), "--auth", "none", "--bind-addr", "127.0.0.1:0"),
        *(*places, "--disable-telemetry", "--disable-update-check"),
        *(() if not trust else ("--disable-workspace-trust",)),
    ]
    said = folder / "log.txt"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(parts.NODE), str(parts.CODE_SERVER), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            url = _wait_until_healthy(said, process)
            yield CodeServer(url, user_settings)
        finally:
            _end(process)


def _run(arguments: list[str], environment: Mapping[str, str]) -> None:
    command = [str(parts.NODE), str(parts.CODE_SERVER), *arguments]
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wait_until_healthy(said: Path, process: subprocess.Popen[bytes]) -> str:
    """Its URL. It chooses the port itself: one that was free a moment ago may be taken by then."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        log = said.read_text(encoding="utf-8", errors="replace")
        assert process.poll() is None, f"code-server ended with {process.returncode}: {log}"
        listening = re.search(r"HTTP server listening on (http://[\d.]+:\d+)", log)
        with suppress(OSError):
            if listening is not None:
                with urllib.request.urlopen(f"{listening[1]}/healthz", timeout=5):
                    return listening[1]
        time.sleep(0.05)
    raise TimeoutError(f"code-server is not ready: {said.read_text(encoding='utf-8')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """All of it: extension hosts and language servers are in its session and would live on."""
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait(timeout=10)
