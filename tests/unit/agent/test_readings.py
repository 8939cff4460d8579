"""Transcripts read as sessions and turns: also those that another version, or nobody sane, wrote."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_sidecar.agent.readings import described, turns_in

SESSION = str(uuid.uuid4())
IDS = [str(uuid.UUID(int=number)) for number in range(4)]
TEXTS = st.sampled_from(
    ["Why?", "<command-name>/x</command-name>", "[Request interrupted by user]", ""]
)
ODD = st.sampled_from([None, 1, "x", [], {}, [None], {"a": 1}])
BLOCKS = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "tool_use", "tool_result"]) | ODD},
    optional={"text": TEXTS | ODD, "id": st.sampled_from(IDS) | ODD, "name": ODD, "input": ODD,
              "tool_use_id": st.sampled_from(IDS) | ODD, "is_error": ODD},
)  # fmt: skip
ENTRIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["user", "assistant", "system", "cost-state"]) | ODD,
        "uuid": st.sampled_from(IDS) | ODD,
    },
    optional={
        "parentUuid": st.sampled_from(IDS) | ODD,
        "message": st.fixed_dictionaries({"content": TEXTS | st.lists(BLOCKS, max_size=3) | ODD})
        | ODD,
        "timestamp": st.sampled_from(["2026-01-01T00:00:00Z", "yesterday"]) | ODD,
        "subtype": st.sampled_from(["compact_boundary"]) | ODD,
        "isSidechain": ODD,
        "isMeta": ODD,
        "totalCostUSD": ODD,
        "cwd": ODD,
    },
)


def said(text: str, parent: str | None, kind: str = "user", **more: Any) -> dict[str, Any]:
    own = str(uuid.uuid4())
    message = {"role": kind, "content": text}
    return {"type": kind, "uuid": own, "parentUuid": parent, "message": message, **more}


def test_what_was_said_before_a_summary_is_read_as_well() -> None:
    before = said("Before?", None)
    answer = said("Yes.", before["uuid"], "assistant")
    boundary = {"type": "system", "subtype": "compact_boundary", "uuid": IDS[0], "parentUuid": None}
    summary = said("We spoke.", IDS[0], isCompactSummary=True)
    after = said("After?", summary["uuid"], timestamp="2026-01-01T00:00:00.500Z")
    turns = turns_in(SESSION, [before, answer, boundary, summary, after], "/work")
    assert [(turn.prompt, turn.text) for turn in turns] == [("Before?", "Yes."), ("After?", "")]
    assert turns[1].started_at == 1767225600.5


def test_a_command_is_a_turn_where_claude_answers_it() -> None:
    name = "<command-name>/{}</command-name><command-args>src</command-args>"
    model = said(name.format("model"), None)
    review = said(name.format("review"), model["uuid"])
    answer = said("Fine.", review["uuid"], "assistant")
    turns = turns_in(SESSION, [model, review, answer], "/work")
    assert [(turn.prompt, turn.text) for turn in turns] == [("/review src", "Fine.")]


@given(entries=st.lists(ENTRIES, max_size=8))
@settings(max_examples=100)
def test_no_entry_is_too_odd_to_be_read_over(entries: list[dict[str, Any]]) -> None:
    for turn in turns_in(SESSION, entries, "/work"):
        assert turn.id in [entry.get("uuid") for entry in entries]
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{SESSION}.jsonl")
        path.write_text("".join(json.dumps(each) + "\n" for each in entries))
        assert len(described([path])) <= 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]\n", b'{"type":"user"}\n'])
def test_a_file_that_says_nothing_is_no_session(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"{SESSION}.jsonl"
    path.write_bytes(content)
    assert described([path, tmp_path / "gone.jsonl"]) == ()


def test_a_large_file_is_described_by_its_ends(tmp_path: Path) -> None:
    path = tmp_path / f"{SESSION}.jsonl"
    first = said("Which\ncolour?", None, cwd=str(tmp_path), timestamp="2026-01-01T00:00:00Z")
    filling = [said("x" * 10_000, None, "assistant") for _ in range(50)]
    last = {"type": "cost-state", "totalCostUSD": 1.5}
    path.write_text("".join(json.dumps(each) + "\n" for each in [first, *filling, last]))
    (session,) = described([path])
    assert (session.id, session.title) == (SESSION, "Which colour?")
    assert (session.key.path, session.billed_usd) == (str(tmp_path), 1.5)
    assert session.created_at == 1767225600
