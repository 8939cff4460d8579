"""What is done about findings: suggestions applied, findings verified and mended."""

from __future__ import annotations

import anyio
import pytest

from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.ports import Document
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
    desk.editor.allowing = lambda _: "allow_once"
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        result = await sidecar.fix(first.findings[0].id)
        (finding,) = await sidecar.findings.of_file(path)
    assert result.text == "Fixed."
    assert result.session_id == first.session_id
    assert "Division by zero" in model.requests[2].last_prompt
    assert "return fmean(values)" in await anyio.Path(path).read_text()
    assert [question.tool_kind for question in desk.editor.asked] == ["edit"]
    assert finding.id == first.findings[0].id
