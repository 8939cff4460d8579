"""A debugger's state: read with care, told in words."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.debugging.debugger import FRAMES, described, parse_debug_state
from claude_sidecar.errors import InvalidRequest

STATE: dict[str, Any] = {
    "reason": "exception",
    "exception": {"type": "KeyError", "message": "'price'"},
    "threads": [{"id": 1, "name": "main"}, {"id": 2, "name": "worker"}],
    "frames": [
        {
            "name": "total",
            "uri": "file:///w/ledger.py",
            "line": 7,
            "variables": [{"name": "row", "value": "{}", "type": "dict"}],
        },
        {"name": "main", "variables": []},
    ],
    "breakpoints": [{"uri": "file:///w/ledger.py", "line": 3}],
    "later": "unknown fields are passed over",
}


def test_it_is_told_in_words() -> None:
    assert described(parse_debug_state(STATE)) == (
        "Stopped: exception\n"
        "Exception: KeyError: 'price'\n"
        "Threads: main, worker\n"
        "#0 total (file:///w/ledger.py:7)\n"
        "    row: dict = {}\n"
        "#1 main\n"
        "Breakpoints: file:///w/ledger.py:3"
    )
    assert described(parse_debug_state({"frames": []})) == "Nothing is being debugged."


def test_what_is_too_much_is_cut_and_said_to_be() -> None:
    frame = {"name": "f", "variables": [{"name": "x", "value": "y" * 2_000_000}]}
    told = described(parse_debug_state({"frames": [frame] * (FRAMES + 3)}))
    assert len(told) < 40_000
    assert "… (2000000 characters)" in told
    assert "(3 more frames are left out)" in told


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (None, "debugState"),
        ([], "debugState"),
        ({}, "debugState.frames"),
        ({"frames": {}}, "debugState.frames"),
        ({"frames": ["main"]}, "debugState.frames[0]"),
        ({"frames": [{"name": 3}]}, "debugState.frames[0].name"),
        ({"frames": [{"line": "3"}]}, "debugState.frames[0].line"),
        ({"frames": [{"line": True}]}, "debugState.frames[0].line"),
        ({"frames": [{"variables": [{"name": "x"}]}]}, "debugState.frames[0].variables[0]"),
        ({"frames": [], "exception": "boom"}, "debugState.exception"),
        ({"frames": [], "threads": [1]}, "debugState.threads[0]"),
        ({"frames": [], "breakpoints": [{"line": -1}]}, "debugState.breakpoints[0].line"),
    ],
)
def test_what_is_wrong_is_named(state: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_debug_state(state)
    assert raised.value.field == field
    assert f"`{field}`" in str(raised.value)
