"""What is done about findings: suggestions applied, findings verified and mended."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.planning.requests import FixRequest
from claude_sidecar.sessions.ports import (
    ContextQuery,
    Document,
    EditorContext,
    EditorDiagnostic,
    FileDiagnostics,
)
from claude_sidecar.text import Position, Range
from support.claims import CODE, FAULTY, claim, type_into
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(desk: Desk) -> str:
    path = desk.write("a.py", CODE)
    desk.editor.buffers[path] = Document(path, CODE, version=1)
    return path


async def test_a_suggestion_is_applied_as_a_small_versioned_edit(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(
        claim(quote=f"    {FAULTY}", replacement="    return fmean(values)\n    # exact")
    ).reply(say("One."))
    crlf = CODE.replace("\n", "\r\n")
    desk.editor.buffers[path] = Document(path, crlf, version=7)
    async with desk.open() as sidecar:
        result = await sidecar.review(path)
        (finding,) = result.findings
        assert await sidecar.findings.apply(finding.id) is None
        after = await sidecar.findings.get(finding.id)
        assert await sidecar.findings.apply(finding.id) is None  # it is so already
    assert after.state == "fixed"
    buffer = desk.editor.buffers[path]
    assert buffer.text == crlf.replace(FAULTY, "return fmean(values)\r\n    # exact")
    assert buffer.version == 8


async def test_a_suggestion_that_no_longer_fits_is_refused(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim(replacement="return 0"), claim(title="Else")).reply(say("Two."))
    async with desk.open() as sidecar:
        result = await sidecar.review(path)
        bare, suggesting = sorted(result.findings, key=lambda each: each.suggestion or "")
        await sidecar.findings.opened(path)
        assert "no suggestion" in (await sidecar.findings.apply(bare.id) or "")
        type_into(desk, sidecar, path, "total / len", "total // len")
        problem = await sidecar.findings.apply(suggesting.id)
        state = (await sidecar.findings.get(suggesting.id)).state
    assert problem is not None
    assert "has changed since" in problem
    assert state == "open"


@pytest.mark.parametrize("holds", [True, False])
async def test_a_finding_is_verified_in_the_session_that_reported_it(
    desk: Desk, model: Model, path: str, holds: bool
) -> None:
    model.script.reply(claim()).reply(say("One."))
    rule = model.script.when("for one thing only")
    if holds:
        rule.reply(claim(title="Still so", message="Nothing checks for empty lists."))
    rule.reply(say("Checked."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        after = await sidecar.verify(first.findings[0].id)
        _, turns = await sidecar.sessions.history(session_id=first.session_id)
    assert (after.state, after.verdict) == (("open", "confirmed") if holds else ("fixed", None))
    assert [turn.prompt for turn in turns] == [
        "Review a.py",
        "Verify: Division by zero (a.py, lines 3 to 3)",
    ]
    assert FAULTY in model.requests[2].last_prompt


async def test_a_fix_is_asked_for_with_the_finding_and_may_edit_after_permission(
    desk: Desk, model: Model, path: str
) -> None:
    desk.editor.buffers.clear()
    model.script.reply(claim()).reply(say("One.")).reply(call("Read", file_path=path)).reply(
        call("Edit", file_path=path, old_string=FAULTY, new_string="return fmean(values)")
    ).reply(say("Fixed."))
    model.script.when("for one thing only").reply(say(" It is gone."))
    desk.editor.allowing = lambda _: "allow_once"
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        result = await sidecar.fix(first.findings[0].id)
        (finding,) = await sidecar.findings.of_file(path)
    assert result.text == "Fixed. It is gone."
    assert result.verification is not None
    assert (result.verification.state, finding.state) == ("verified", "fixed")
    assert "return fmean(values)" in model.requests[-1].last_prompt
    assert result.session_id == first.session_id
    assert "Division by zero" in model.requests[2].last_prompt
    assert "return fmean(values)" in await anyio.Path(path).read_text()
    assert [question.tool_kind for question in desk.editor.asked] == ["edit"]
    assert finding.id == first.findings[0].id


async def test_a_finding_that_is_found_again_after_its_fix_stays_open(
    desk: Desk, model: Model, path: str
) -> None:
    desk.editor.buffers.clear()
    worse = "return total / (len(values) or 0)"
    model.script.reply(claim()).reply(say("One.")).reply(call("Read", file_path=path)).reply(
        call("Edit", file_path=path, old_string=FAULTY, new_string=worse)
    ).reply(say("Fixed."))
    model.script.when("for one thing only").reply(
        claim(quote=worse, title="Still divides by zero"),
        call("Edit", file_path=path, old_string=worse, new_string="return 0"),
    ).reply(say("Not yet."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        result = await sidecar.fix(first.findings[0].id)
        found = await sidecar.findings.of_file(path)
    assert result.verification is not None
    assert result.verification.state == "still failing"
    assert result.verification.failure == "Still divides by zero"
    assert "fixed" not in {each.state for each in found}
    assert worse in await anyio.Path(path).read_text()  # the check may not edit


async def test_a_fix_that_changes_nothing_is_not_checked(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One.")).reply(say("It cannot be mended safely."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        result = await sidecar.fix(first.findings[0].id)
    assert result.verification is not None
    assert result.verification.state == "not verified"
    assert len(model.requests) == 3


@pytest.mark.parametrize(
    "case",
    [(True, True, "verified"), (False, True, "still failing"), (True, False, "not verified")],
)
async def test_the_diagnostics_of_a_fix_are_awaited(
    desk: Desk,
    model: Model,
    path: str,
    case: tuple[bool, bool, str],
) -> None:
    withdrawn, told, state = case
    desk.editor.buffers.clear()
    diagnostic = EditorDiagnostic(
        Range(Position(2, 4), Position(2, 10)), "error", "may divide by zero", "checker"
    )
    asked = 0

    def know(query: ContextQuery) -> EditorContext:
        nonlocal asked
        asked += 1
        gone = withdrawn and FAULTY not in Path(path).read_text() and asked > 3  # it takes its time
        return EditorContext(diagnostics=(FileDiagnostics(path, () if gone else (diagnostic,)),))

    if told:
        desk.editor.context_kinds = frozenset({"diagnostics"})
    desk.editor.knowing = know
    desk.editor.allowing = lambda _: "allow_once"
    model.script.reply(call("Read", file_path=path)).reply(
        call("Edit", file_path=path, old_string=FAULTY, new_string="return fmean(values)")
    ).reply(say("Fixed."))
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        turn = await sidecar.turns.start(FixRequest(key, diagnostics=(diagnostic,)))
        result = await turn.result()
    assert result.verification is not None
    assert result.verification.state == state
