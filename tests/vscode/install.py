"""Installs the VS Code that the tests beside this file drive: code-server, its Node, a Chromium.

It does what it can and says what it cannot: the tests that need what is missing are skipped with the
same words, except in CI, where this fails. All versions are those of the lock file, but Chromium's,
which is the system's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.vscode import parts

MINUTES = 15


def main() -> int:
    """Install what is missing; the exit status is 1 only where missing parts are not forgiven."""
    if parts.SUPPORTED:
        if not parts.code_server_is_whole():
            print("Installing code-server for the tests in VS Code (about 800 MB) ...", flush=True)
            install_code_server()
        if parts.chromium() is None:
            print("Installing Chromium for the tests in VS Code ...", flush=True)
            install_chromium()
    missing = parts.missing()
    if missing is not None:
        print(f"The tests in VS Code will be skipped: {missing}", file=sys.stderr)
        return 1 if "CI" in os.environ else 0
    return 0


def install_code_server() -> None:
    """Both of its halves: VS Code proper has a lock file of its own within the package."""
    npm = shutil.which("npm")
    if npm is not None and run([npm, "ci", "--no-audit", "--no-fund"], parts.FOLDER):
        # Not `ci`: the package's own manifest and lock file differ in what is optional.
        inner = [npm, "install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
        run(inner, parts.VSCODE)


def install_chromium() -> None:
    """As the system does it, where that is Debian or one of its children."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([apt, "update", "-q"], parts.FOLDER, quiet)
    run([apt, "install", "-q", "-y", "--no-install-recommends", "chromium"], parts.FOLDER, quiet)


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> bool:
    """Run a command; what it says is shown only if it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=MINUTES * 60,
        check=False,
    )
    if done.returncode != 0:
        print(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
