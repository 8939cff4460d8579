"""Turns over stdio: what a client gets back, what it hears meanwhile, what the model receives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say, think
from support.editors import capabilities, editor_on
from support.model import Model

pytestmark = pytest.mark.anyio

FINDING: dict[str, Any] = {
    "file": "stats.py",
    "quote": "sum(numbers) / len(numbers)",
    "severity": "error",
    "category": "bug",
    "title": "Division by zero for an empty list",
    "message": "`len(numbers)` is 0 for an empty list.",
    "failure_scenario": "mean([])",
}


async def test_a_review_without_arguments_is_of_the_document_last_opened(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("mcp__sidecar__report_finding", **FINDING)).reply(say("One defect."))
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(workspace / "stats.py")
        result = await editor.run(names.REVIEW)
        (finding,) = result["findings"]
        expected = {
            "start": {"line": 1, "character": 11},
            "end": {"line": 1, "character": 38},
        }
        assert (result["stopReason"], result["text"]) == ("end_turn", "One defect.")
        assert (finding["uri"], finding["range"]) == (uri, expected)
        (diagnostic,) = editor.client.diagnostics[uri]
        assert (diagnostic.source, diagnostic.code) == ("claude", "bug")
        assert diagnostic.data == {"findingId": finding["id"]}
        assert diagnostic.range == types.Range(types.Position(1, 11), types.Position(1, 38))
        assert [each.message for each in diagnostic.related_information or ()] == ["mean([])"]
        assert editor.published[-1].version == 1
    assert "sum(numbers)" in model.requests[0].last_prompt


async def test_the_updates_of_a_turn_are_numbered_without_gaps(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    pieces = [f"piece {number} " for number in range(200)]
    model.script.reply(think("Hm."), say(*pieces))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        result = await editor.run(names.ASK, text="What is this?")
    assert [update["seq"] for update in editor.updates] == list(range(len(editor.updates)))
    assert {update["turnId"] for update in editor.updates} == {result["turnId"]}
    assert (editor.kinds[0], editor.kinds[-1]) == ("turn_started", "turn_ended")
    assert editor.updates[-1]["update"]["result"] == result
    chunks = [
        update["update"]["text"]
        for update in editor.updates
        if update["update"]["kind"] == "agent_message_chunk"
    ]
    assert "".join(chunks) == "".join(pieces) == result["text"]
    assert len(chunks) < len(pieces) / 2


async def test_a_follow_up_after_a_restart_continues_the_conversation_of_its_file(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    (workspace / "other.py").write_text("x = 1\n", encoding="utf-8")
    model.script.reply(say("It averages.")).reply(say("Yes.")).reply(say("Unrelated."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        first = await editor.run(names.ASK, text="What does it do?")
    async with editor_on(environment, workspace) as editor:
        second = await editor.run(names.ASK, text="Sure?", uri=(workspace / "stats.py").as_uri())
        other = await editor.run(names.ASK, text="And?", uri=(workspace / "other.py").as_uri())
    assert second["sessionId"] == first["sessionId"] != other["sessionId"]
    assert (first["resumed"], second["resumed"], other["resumed"]) == (False, True, False)
    assert model.requests[1].replies == ("It averages.",)
    assert model.requests[2].replies == ()


async def test_positions_are_counted_in_the_encoding_that_was_negotiated(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    (workspace / "wide.py").write_text('face = "\N{GRINNING FACE}é"; bad()\n', encoding="utf-8")
    wanted = {"utf-8": 17, "utf-16": 14, "utf-32": 13}
    for encoding in wanted:
        finding = FINDING | {"file": "wide.py", "quote": "bad()"}
        model.script.reply(call("mcp__sidecar__report_finding", **finding)).reply(say(encoding))
    for encoding, character in wanted.items():
        declared = capabilities(own={}, encodings=[encoding])
        async with editor_on(environment, workspace, client_capabilities=declared) as editor:
            assert editor.result is not None
            assert editor.result.capabilities.position_encoding == encoding
            uri = editor.open(workspace / "wide.py")
            result = await editor.run(names.REVIEW, fresh=True)
            start = result["findings"][0]["range"]["start"]
            assert start == {"line": 0, "character": character}
            assert editor.client.diagnostics[uri][-1].range.start.character == character


async def test_steps_run_one_after_the_other(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("One.")).reply(say("Two."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        results = await editor.run(names.RUN_STEPS, token="mine", steps=["First.", "Second."])
        told = [each.message for each in editor.progress("mine")]
        assert await editor.run(names.RUN_STEPS, steps=[]) == []
    assert [result["text"] for result in results] == ["One.", "Two."]
    for step in ("Step 1 of 2: ", "Step 2 of 2: "):
        assert any(message and message.startswith(step) for message in told)
    assert model.requests[1].replies == ("One.",)


async def test_progress_tells_what_happens_and_what_came_of_it(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("mcp__sidecar__report_finding", **FINDING)).reply(say("One defect."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.REVIEW, token="mine")
        begin, *reports, end = editor.progress("mine")
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert (begin.title, begin.cancellable) == ("Review of stats.py", True)
    assert "Found: Division by zero for an empty list" in [each.message for each in reports]
    assert isinstance(end, types.WorkDoneProgressEnd)
    assert end.message is not None
    assert end.message.startswith("Done: 1 finding, $")


async def test_a_stored_finding_is_shown_again_where_its_text_is_now(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("mcp__sidecar__report_finding", **FINDING)).reply(say("One defect."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.REVIEW)
    file = workspace / "stats.py"
    file.write_text("import math\n\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(file)
        await editor.until(lambda: editor.client.diagnostics.get(uri))
        (diagnostic,) = editor.client.diagnostics[uri]
    assert diagnostic.range.start == types.Position(4, 11)


async def test_turns_of_different_sessions_run_side_by_side(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gates = {name: Gate() for name in ("one", "two")}
    for name, gate in gates.items():
        (workspace / f"{name}.py").write_text("x = 1\n", encoding="utf-8")
        model.script.when(f"about {name}").reply(pause(gate), say(f"That is {name}."))
    async with editor_on(environment, workspace) as editor:
        asked = {
            name: editor.start(
                names.ASK, text=f"about {name}", uri=(workspace / f"{name}.py").as_uri()
            )
            for name in gates
        }
        for gate in gates.values():
            await gate.reached.wait()
        for gate in gates.values():
            gate.open()
        results = {name: await future for name, future in asked.items()}
    assert {name: result["text"] for name, result in results.items()} == {
        "one": "That is one.",
        "two": "That is two.",
    }
