"""What was asked for is kept whole, whatever it was, and asked for again as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    ContinueRequest,
    DebugRequest,
    FixRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    VerifyRequest,
)

KINDS = [
    *(ReviewRequest, ReviewChangesRequest, DebugRequest, AskRequest, FixRequest, VerifyRequest),
    StepsRequest,
]
RECORDS = RequestRecords()
HEALTH_CHECKS: Any = list(HealthCheck)
"""Whole requests are drawn: that takes a while, and is as it should be."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, suppress_health_check=HEALTH_CHECKS)
@given(data=st.data())
def test_every_request_comes_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    request = data.draw(st.from_type(kind))
    text = RECORDS.written(request, step=3)
    assert text is not None
    assume("NaN" not in text)  # which is not equal to itself
    assert RECORDS.read(text) == (request, 3)


def test_what_only_points_at_a_turn_is_not_kept() -> None:
    assert RECORDS.written(ContinueRequest("some turn")) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        json.dumps({"kind": "dance", "step": 1, "request": {}}),
        json.dumps({"kind": "ask", "step": 1, "request": {"text": 3, "key": 4}}),
        json.dumps({"kind": "review", "step": 1, "request": {}}),
        json.dumps({"kind": "ask", "request": {"text": "Why?"}}),
    ],
)
def test_what_another_version_wrote_is_not_there(text: str) -> None:
    assert RECORDS.read(text) is None


def test_a_field_that_is_new_since_has_its_default() -> None:
    text = json.dumps({"kind": "ask", "step": 1, "request": {"text": "Why?"}})
    assert RECORDS.read(text) == (AskRequest("Why?"), 1)
    assert RECORDS.written(AskRequest("Why?", Key("/w"))) is not None
