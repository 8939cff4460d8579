"""Claude Code as a person runs it: in print mode, and on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import claude_agent_sdk

CLAUDE = str(Path(claude_agent_sdk.__file__).with_name("_bundled") / "claude")


def printing(
    session_id: str, prompt: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    """`claude -p --resume`: one prompt, and the end."""
    return subprocess.Popen(
        [CLAUDE, "-p", "--resume", session_id, prompt],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def on_terminal(
    session_id: str, folder: Path, environment: Mapping[str, str]
) -> Generator[subprocess.Popen[bytes]]:
    """`claude --resume` on a terminal of its own, at its prompt, until the block is left.

    Call :func:`be_known` first.
    """
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [CLAUDE, "--resume", session_id],
        cwd=folder,
        env={**environment, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_read_all, args=[ours])
        reader.start()
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            reader.join()
            os.close(ours)


def _read_all(descriptor: int) -> None:
    """Take what is shown: a program whose terminal nobody reads comes to a stop."""
    with suppress(OSError):  # how Linux tells that the other side has closed
        while os.read(descriptor, 65536):
            pass


def be_known(folder: Path, environment: Mapping[str, str]) -> None:
    """Answer beforehand what Claude Code asks a new user, and of a new folder.

    Before any of its processes is started: each of them writes the file when it likes.
    """
    path = Path(environment["CLAUDE_CONFIG_DIR"]) / ".claude.json"
    settings: dict[str, Any] = {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "customApiKeyResponses": {
            "approved": [environment["ANTHROPIC_API_KEY"][-20:]],
            "rejected": [],
        },
        "projects": {
            str(folder): {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
        },
    }
    path.write_text(json.dumps(settings), encoding="utf-8")
