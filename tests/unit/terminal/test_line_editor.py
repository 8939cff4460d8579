"""The history of what was typed at a terminal."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from claude_sidecar.terminal.line_editor import HISTORY_BYTES, HISTORY_ENTRIES, LineEditor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")

UP = "\x1b[A"


@contextmanager
def typing(history: Path, *typed: str) -> Generator[LineEditor]:
    """A line editor at a terminal where each line was typed already."""
    import pty

    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as terminal:
        editor = LineEditor(terminal, history=history)
        os.write(ours, "".join(f"{line}\n" for line in typed).encode())
        yield editor
    os.close(ours)


def test_it_is_kept_for_the_user_alone(tmp_path: Path) -> None:
    history = tmp_path / "state" / "history"
    with typing(history, "one", "two") as editor:
        assert [editor.read("> "), editor.read("> ")] == ["one", "two"]
    with typing(history, f"{UP}{UP} again") as editor:
        assert editor.read("> ") == "one again"

    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_folder_that_is_in_the_way_keeps_nobody_from_typing(tmp_path: Path) -> None:
    with typing(tmp_path, f"{UP}one") as editor:
        assert editor.read("> ") == "one"


def test_it_is_bounded(tmp_path: Path) -> None:
    history = tmp_path / "history"
    entries = "".join(f"\n# then\n+entry {number}\n" for number in range(HISTORY_BYTES // 20))
    history.write_text(entries, encoding="utf-8")

    with typing(history, UP, UP * (2 * HISTORY_ENTRIES)) as editor:
        newest = editor.read("> ")
        oldest = editor.read("> ")

    assert newest == f"entry {HISTORY_BYTES // 20 - 1}"
    assert oldest == f"entry {HISTORY_BYTES // 20 - HISTORY_ENTRIES}"
    assert history.stat().st_size < HISTORY_BYTES
    assert history.read_text(encoding="utf-8").startswith("\n# then\n+entry ")
