"""Half characters that JSON can carry do not get in; whole ones do."""

from __future__ import annotations

import json

import pytest

from claude_sidecar.lsp.surrogates import without_lone_surrogates


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'["\ud83d"]', ["\ufffd"]),
        (rb'{"\udc00": {"a": "x\ud83dy"}}', {"\ufffd": {"a": "x\ufffdy"}}),
        (rb'["\ud83d\ude00", 1, null]', ["\N{GRINNING FACE}", 1, None]),
        ('["\N{GRINNING FACE}"]'.encode(), ["\N{GRINNING FACE}"]),
    ],
)
def test_half_characters_are_replaced(body: bytes, expected: object) -> None:
    assert without_lone_surrogates(body, json.loads(body)) == expected
