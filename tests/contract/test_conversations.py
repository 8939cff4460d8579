"""Conversations belong to a workspace and a file, and are continued after everything was closed.

What the model receives proves what was carried over.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId, UnusableDocument
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.events import SessionReplaced
from claude_sidecar.sessions.model import SessionQuery
from claude_sidecar.sessions.ports import Document
from support.model import Model
from support.sidecars import Desk, Recorder
from support.transcripts import lose_copies, lose_transcripts

pytestmark = pytest.mark.anyio


async def test_a_question_after_a_restart_continues_the_files_conversation(
    desk: Desk, model: Model
) -> None:
    path = desk.write("cart.py", "total = 0\n")
    model.script.reply(say("Nothing to report.")).reply(say("As I said."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
    async with desk.open() as sidecar:
        second = await sidecar.ask("Are you sure?", path=path)
    assert (first.stop_reason, first.resumed) == ("end_turn", False)
    assert (second.stop_reason, second.resumed, second.recovered) == ("end_turn", True, None)
    assert second.session_id == first.session_id
    assert second.text == "As I said."
    review, question = model.requests[-1].prompts
    assert review.startswith("# Task: review")
    assert "1\ttotal = 0" in review
    assert "Are you sure?" in question
    assert model.requests[-1].replies == ("Nothing to report.",)


async def test_another_file_and_another_workspace_have_conversations_of_their_own(
    desk: Desk, model: Model, tmp_path: Path
) -> None:
    model.script.reply(say("one")).reply(say("two")).reply(say("three"))
    other = Desk(tmp_path / "other", desk.settings)
    async with desk.open() as sidecar, other.open() as elsewhere:
        first = await sidecar.ask("secret: 4711", path=desk.write("a.py", "a = 1\n"))
        second = await sidecar.ask("what was it?", path=desk.write("b.py", "b = 1\n"))
        third = await elsewhere.ask("what was it?", path=other.write("a.py", "a = 1\n"))
    assert len({first.session_id, second.session_id, third.session_id}) == 3
    assert "4711" in model.requests[0].all_text
    assert "4711" not in model.requests[1].all_text
    assert "4711" not in model.requests[2].all_text


async def test_a_session_is_found_by_id_and_an_unknown_one_is_named(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("old")).reply(say("new")).reply(say("old again"))
    unknown = str(uuid.uuid4())
    async with desk.open() as sidecar:
        old = await sidecar.ask("first?", path=path)
        new = await sidecar.ask("second?", path=path, fresh=True)
        again = await sidecar.ask("third?", session_id=old.session_id)
        with pytest.raises(UnknownId, match=unknown):
            await sidecar.ask("fourth?", session_id=unknown)
        current = await sidecar.sessions.current(sidecar.workspaces.key_of_file(path))
    assert again.session_id == old.session_id != new.session_id
    assert "second?" not in model.requests[-1].all_text
    assert current is not None
    assert current.id == new.session_id


async def test_resume_makes_a_session_the_one_that_is_continued(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("old")).reply(say("new")).reply(say("old again"))
    async with desk.open() as sidecar:
        old = await sidecar.ask("first?", path=path)
        await sidecar.ask("second?", path=path, fresh=True)
        session, turns = await sidecar.sessions.resume(old.session_id)
        again = await sidecar.ask("third?", path=path)
    assert session.current
    assert [turn.prompt for turn in turns] == ["first?"]
    assert again.session_id == old.session_id


async def test_the_unsaved_text_is_what_is_reviewed_and_shown_again_when_it_changed(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "saved = 1\n")
    buffer = Document(path, "unsaved = 1\n", version=3, language="python", dirty=True)
    desk.editor.buffers[path] = buffer
    model.script.reply(say("a")).reply(say("b")).reply(say("c"))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        await sidecar.ask("same?", path=path)
        desk.editor.buffers[path] = replace(buffer, text="changed = 1\n", version=4)
        await sidecar.ask("and now?", path=path)
    review, same, now = model.requests[-1].prompts
    assert "unsaved = 1" in review
    assert "saved = 1" not in same
    assert "1\tchanged = 1" in now


async def test_a_lost_conversation_goes_on_in_a_successor_that_was_told(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("The answer is 42.")).reply(say("Still 42.")).reply(say("Yes."))
    async with desk.open() as sidecar:
        first = await sidecar.ask("What is it?", path=path)
    lose_transcripts(environment)
    lose_copies(desk.settings)
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            second = await sidecar.ask("Again?", path=path)
        third = await sidecar.ask("Sure?", session_id=first.session_id)
        sessions = (await sidecar.sessions.list(SessionQuery())).sessions
        _, turns = await sidecar.sessions.history(session_id=second.session_id)
    async with desk.open() as sidecar:
        resumed, _ = await sidecar.sessions.resume(first.session_id)
    assert resumed.id == second.session_id, "what goes on in its place"
    assert second.stop_reason == "end_turn"
    assert second.recovered is not None
    assert (second.recovered.from_id, second.recovered.by) == (first.session_id, "journal")
    assert not second.resumed
    assert second.session_id != first.session_id
    assert "What is it?" in model.requests[1].last_prompt
    assert "The answer is 42." in model.requests[1].last_prompt
    replaced = recorder.events(SessionReplaced)
    assert [
        (event.from_id, event.to_id) for event in replaced if isinstance(event, SessionReplaced)
    ] == [(first.session_id, second.session_id)]
    assert third.session_id == second.session_id
    assert [(turn.prompt, turn.session_id) for turn in turns] == [
        ("What is it?", first.session_id),
        ("Again?", second.session_id),
        ("Sure?", second.session_id),
    ]
    successor = next(session for session in sessions if session.id == second.session_id)
    assert (successor.recovered_from, successor.current) == (first.session_id, True)


async def test_a_conversation_that_is_lost_twice_is_told_whole(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 4711\n")
    for answer in ("The first answer.", "The second answer.", "The third answer."):
        model.script.reply(say(answer))
    for question in ("First?", "Second?", "Third?"):
        async with desk.open() as sidecar:
            result = await sidecar.ask(question, path=path)
        lose_transcripts(environment)
        lose_copies(desk.settings)
    assert result.recovered is not None
    prompt = model.requests[-1].last_prompt
    said = ["First?", "The first answer.", "Second?", "The second answer.", "Third?"]
    assert sorted(said, key=prompt.index) == said
    assert "1\ta = 4711" in prompt  # the successor was shown nothing yet


async def test_a_deleted_file_keeps_its_conversation(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("It sets a.")).reply(say("It did."))
    async with desk.open() as sidecar:
        await sidecar.ask("What does it do?", path=path)
        await anyio.Path(path).unlink()
        after = await sidecar.ask("What did it do?", path=path)
        with pytest.raises(UnusableDocument, match=r"a\.py: does not exist"):
            await sidecar.review(path)
        with pytest.raises(UnusableDocument, match="does not exist"):
            await sidecar.ask("And this?", path=desk.folder / "never.py")
        sessions = (await sidecar.sessions.list(SessionQuery())).sessions
    assert after.text == "It did."
    assert [session.key.file for session in sessions] == ["a.py"]


async def test_history_rename_search_export_and_delete(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "eval(input())\n")
    model.script.reply(
        call(
            "mcp__sidecar__report_finding",
            file="a.py",
            quote="eval(input())",
            severity="error",
            category="security",
            title="Runs what the user types",
            message="Anything can be run.",
        )
    ).reply(say("Dangerous."))
    async with desk.open() as sidecar:
        sessions = sidecar.sessions
        result = await sidecar.review(path, focus="holes")
        (finding,) = result.findings
        session, (turn,) = await sessions.history(session_id=result.session_id)
        assert session.title == "a.py: Runs what the user types"
        assert (turn.kind, turn.text, turn.stop_reason) == ("review", "Dangerous.", "end_turn")
        assert turn.findings == (finding.id,)
        assert [(call_.kind, call_.status) for call_ in turn.tool_calls] == [("other", "completed")]
        assert turn.cost_usd == pytest.approx(session.cost_usd)
        assert session.cost_usd > 0
        assert session.open_findings == 1

        await sessions.rename(result.session_id, "  Holes in a\n")
        found = await sessions.list(SessionQuery(text="dangerous"))
        assert [each.title for each in found.sessions] == ["Holes in a"]
        with pytest.raises(InvalidRequest, match="`title` is empty"):
            await sessions.rename(result.session_id, " ")

        markdown = await sessions.export(result.session_id)
        assert "# Holes in a" in markdown
        assert "Runs what the user types" in markdown
        assert finding.id in await sessions.export(result.session_id, "json")

        await sessions.delete(result.session_id)
        with pytest.raises(UnknownId):
            await sessions.history(session_id=result.session_id)
        with pytest.raises(InvalidRequest, match=r"no session for a\.py yet"):
            await sessions.history(key=sidecar.workspaces.key_of_file(path))


async def test_a_finding_whose_quote_is_wrong_is_mended_by_the_model(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "x = 1\r\nreturn_code = run( x )\r\n")
    claim = {
        "file": "a.py",
        "severity": "warning",
        "category": "bug",
        "title": "t" * 200,
        "message": "m",
    }
    model.script.reply(
        call("mcp__sidecar__report_finding", **claim, quote="return_code = execute(x)"),
        call("mcp__sidecar__report_finding", **claim, quote="x", line=1),
        call("mcp__sidecar__report_finding", **(claim | {"file": "../b.py"}), quote="x"),
        call("mcp__sidecar__report_finding", **claim, quote="return_code = run(x)"),
    ).reply(say("Done."))
    async with desk.open() as sidecar:
        result = await sidecar.review(path)
    results = {result.tool_use_id: result for result in model.requests[-1].tool_results}
    wrong, right, outside, loose = (results[use.id] for use in model.requests[-1].tool_uses)
    assert wrong.is_error
    assert "nearest text is on line 2:\nreturn_code = run( x )" in wrong.text
    assert (right.is_error, right.text) == (False, "Recorded on line 1.")
    assert outside.is_error
    assert "outside the workspace" in outside.text
    assert (loose.is_error, loose.text) == (False, "Recorded on line 2.")
    assert sorted(finding.quote for finding in result.findings) == ["return_code = run( x )", "x"]
    assert {len(finding.title) for finding in result.findings} == {80}


async def test_read_buffer_gives_what_the_editor_has(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "saved\n")
    desk.editor.buffers[path] = Document(path, "one\ntwo\nthree", version=7, dirty=True)
    model.script.reply(
        call("mcp__sidecar__read_buffer", file=path, start_line=2, end_line=2),
        call("mcp__sidecar__read_buffer", file="a.py", start_line=9),
        call("mcp__sidecar__read_buffer", file="gone.py"),
    ).reply(say("Read."))
    async with desk.open() as sidecar:
        await sidecar.ask("Read it.", path=path)
    results = {result.tool_use_id: result for result in model.requests[-1].tool_results}
    part, beyond, gone = (results[use.id] for use in model.requests[-1].tool_uses)
    assert part.text == "3 lines, version 7, with unsaved changes; lines 2 to 2:\n2\ttwo"
    assert (beyond.is_error, beyond.text) == (True, "The file has 3 lines.")
    assert gone.is_error
    assert "does not exist" in gone.text


async def test_a_store_is_shared_by_sidecars_side_by_side(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("From here.")).reply(say("From there."))
    async with desk.open() as sidecar, desk.open() as other:
        first = await sidecar.ask("Here?", path=path)
        with anyio.fail_after(60):
            second = await other.ask("There?", path=path)
    assert second.session_id == first.session_id
    assert model.requests[-1].replies == ("From here.",)


async def test_findings_of_claudes_own_review_are_taken_in(desk: Desk, model: Model) -> None:
    path = desk.write(
        "a.py", "import os\n\ndef mean(values):\n    return sum(values) / len(values)\n"
    )
    entry = {
        "file": "a.py",
        "summary": "`len(values)` can be zero. Callers pass empty lists.",
        "failure_scenario": "mean([])",
        "severity": "important",
        "verdict": "CONFIRMED",
    }
    model.script.reply(
        call(
            "ReportFindings",
            findings=[
                entry,
                entry | {"line": 1, "summary": "Unused import.", "severity": "nit"},
                entry | {"file": "../other.py"},
            ],
        )
    ).reply(say("Two."))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Review it in your own way.", path=path)
    zero, unused = sorted(result.findings, key=lambda finding: finding.severity)
    assert (zero.title, zero.severity, zero.verdict) == (
        "`len(values)` can be zero.",
        "error",
        "confirmed",
    )
    assert (zero.quote, zero.range.start.line) == ("return sum(values) / len(values)", 3)
    assert (unused.quote, unused.severity) == ("import os", "hint")
