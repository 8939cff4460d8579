"""Fixtures of the tests about what the user is asked."""

from __future__ import annotations

import pytest

from support.sidecars import Desk
from support.slow_editor import SlowEditor


@pytest.fixture
def slow(desk: Desk) -> SlowEditor:
    desk.editor = SlowEditor()
    return desk.editor
