"""A workspace with one file in it, for every end-to-end test."""

from __future__ import annotations

from pathlib import Path

import pytest

BUGGY = """\
def mean(numbers):
    return sum(numbers) / len(numbers)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "stats.py").write_text(BUGGY, encoding="utf-8")
    return folder
