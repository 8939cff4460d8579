"""`make demo`, as README promises it: a fresh clone, a fresh home, nothing set up.

Packages are fetched as this machine fetches them, so pip's own settings go along, and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MINUTES = 10
PASSED_ON = ("PIP_", "SSL_CERT", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

pytestmark = [
    pytest.mark.fresh,
    pytest.mark.skipif(shutil.which("git") is None, reason="a clone needs git"),
    pytest.mark.skipif(shutil.which("make") is None, reason="`make demo` needs make"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone itself"),
    pytest.mark.timeout(MINUTES * 60 + 30),
]


def test_the_demo_runs_from_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone))
    done = subprocess.run(
        ["make", "demo"],
        cwd=clone,
        env=_environment(tmp_path / "home"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=MINUTES * 60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = done.stdout.partition("What this has shown\n")[2]
    claims = [line for line in shown.splitlines() if line.startswith("  ")]
    assert [line.split()[0] for line in claims] == ["yes"] * 5, shown
    # What it made is what .gitignore knows: a user's clone stays clean.
    assert git("-C", str(clone), "status", "--porcelain") == ""


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], capture_output=True, encoding="utf-8", check=True
    ).stdout


def _environment(home: Path) -> dict[str, str]:
    home.mkdir()
    settings = Path.home() / ".config" / "pip" / "pip.conf"
    known = {"PIP_CONFIG_FILE": str(settings)} if settings.is_file() else {}
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name.upper().startswith(PASSED_ON) or name in {"PATH", "LANG", "TMPDIR"}
    }
    return {**known, **passed_on, "HOME": str(home)}
