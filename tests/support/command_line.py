"""The command line as a user has it: the console script, in a clean environment."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = str(Path(sys.executable).with_name("claude-sidecar"))
DEADLINE = 110.0
"""Seconds after which a process is given up."""

PROMPT = "⌨"
"""Shown where a line begins to be read: there the terminal is asked to mark what is pasted."""

_BEGIN_TO_READ = "\x1b[?2004h"
_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_=>])|\r")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """Runs `claude-sidecar` in a folder."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: str = "") -> Done:
        """Run it to its end, with pipes on all sides."""
        done = subprocess.run(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(self, *arguments: str) -> Generator[subprocess.Popen[str]]:
        """Run it meanwhile, with pipes on all sides."""
        with subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def on_terminal(self, *arguments: str, stdin: Path | None = None) -> Generator[Terminal]:
        """Run it on a terminal of its own, 100 columns wide.

        :param stdin: a file that is its standard input, in place of the terminal.
        """
        import pty

        ours, theirs = pty.openpty()
        given = os.dup(theirs) if stdin is None else os.open(stdin, os.O_RDONLY)
        with subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, SCRIPT, *arguments],
            cwd=self.folder,
            env={**self.environment, "TERM": "xterm-256color", "COLUMNS": "100"},
            stdin=given,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        ) as process:
            os.close(given)
            os.close(theirs)
            try:
                yield Terminal(process, ours)
            finally:
                process.kill()
                os.close(ours)


_TAKE_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal the process's own, so that Ctrl-C is a signal as it is for a user."""


class Terminal:
    """A process on a terminal: what it shows, and what is typed."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._raw = b""
        self._seen = 0

    @property
    def shown(self) -> str:
        """All that was shown so far, without escape sequences."""
        text = self._raw.decode("utf-8", "replace").replace(_BEGIN_TO_READ, PROMPT)
        return _ESCAPES.sub("", text)

    @property
    def has_colours(self) -> bool:
        """Whether anything was shown in colour."""
        return b"\x1b[1;31m" in self._raw or b"\x1b[31m" in self._raw

    def expect(self, text: str) -> None:
        """Wait until `text` is shown, after what was expected before."""
        deadline = time.monotonic() + DEADLINE
        while (place := self.shown.find(text, self._seen)) < 0:
            assert self._read(deadline), f"{text!r} was not shown: {self.shown[self._seen :]!r}"
        self._seen = place + len(text)

    def type(self, text: str) -> None:
        r"""Type; `\n` is the Enter key, `\x03` Ctrl-C, `\x04` Ctrl-D."""
        os.write(self._descriptor, text.encode())

    def paste(self, text: str) -> None:
        """Paste, as a terminal does for a program that has asked to be told of it."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def wait(self) -> int:
        """Wait for the process to end: its exit status."""
        deadline = time.monotonic() + DEADLINE
        while self._read(deadline):
            pass
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def _read(self, deadline: float) -> bool:
        """Take in what is shown next; False at the end, or when it is too late."""
        ready, _, _ = select.select(
            [self._descriptor], [], [], max(0.0, deadline - time.monotonic())
        )
        if not ready:
            return False
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # how Linux tells that the other side has closed
            return False
        self._raw += data
        return bool(data)


def interrupt(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Send SIGINT, as `kill -INT` does, and wait: status, output, errors."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err
