"""What editors tell of findings and sessions where the code is: hovers and code lenses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from support.editors import DEADLINE, Editor, editor_on
from support.model import Model
from support.pages import Page, able, count_refreshes

pytestmark = pytest.mark.anyio

CLAIM = call(
    "mcp__sidecar__report_finding",
    file="stats.py",
    quote="sum(numbers) / len(numbers)",
    severity="error",
    category="bug",
    title="Division by zero",
    message="`len(numbers)` is 0 for an empty list.",
    failure_scenario="mean([])",
    replacement="statistics.mean(numbers)",
)
DIFF = """\
-    return sum(numbers) / len(numbers)
+    return statistics.mean(numbers)"""


async def hovered(editor: Editor, page: Page, place: types.Position) -> types.Hover | None:
    params = types.HoverParams(types.TextDocumentIdentifier(page.uri), place)
    with anyio.fail_after(DEADLINE):
        return await editor.client.text_document_hover_async(params)


@pytest.mark.parametrize("kind", list(types.MarkupKind), ids=lambda kind: kind.value)
async def test_a_hover_tells_all_that_is_known_of_a_finding(
    environment: dict[str, str], model: Model, workspace: Path, kind: types.MarkupKind
) -> None:
    model.script.reply(CLAIM).reply(say("One defect."))
    declared = able(hover=kind)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page = Page(editor, workspace / "stats.py")
        result = await editor.run(names.REVIEW)
        place = page.range_of("sum(numbers) / len(numbers)")
        inside = await hovered(editor, page, page.range_of("len").start)
        outside = await hovered(editor, page, types.Position(0, 0))
        finding_id = result["findings"][0]["id"]
        model.script.reply(CLAIM).reply(say("Still so."))
        await editor.run(names.FINDING_VERIFY, findingId=finding_id)
        verified = await hovered(editor, page, place.start)
        await editor.run(names.FINDING_DISMISS, findingId=finding_id)
        dismissed = await hovered(editor, page, place.start)
    assert inside is not None
    assert isinstance(inside.contents, types.MarkupContent)
    assert (inside.contents.kind, inside.range) == (kind, place)
    text = inside.contents.value
    plain = kind == types.MarkupKind.PlainText
    told = [
        "Division by zero" if plain else "**Division by zero**",
        "`len(numbers)` is 0 for an empty list.",
        "Fails when: mean([])" if plain else "**Fails when:** mean([])",
        f"Suggestion:\n{DIFF}" if plain else f"```diff\n{DIFF}\n```",
    ]
    assert text.startswith("\n\n".join(told))
    assert "Error, bug" in text
    assert "Review of 2" in text
    assert result["sessionId"][:8] in text
    assert "confirmed" not in text
    assert verified is not None
    assert isinstance(verified.contents, types.MarkupContent)
    assert "confirmed" in verified.contents.value
    assert outside is None
    assert dismissed is None


async def lenses(editor: Editor, page: Page) -> list[types.CodeLens]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(page.uri))
    with anyio.fail_after(DEADLINE):
        return list(await editor.client.text_document_code_lens_async(params) or ())


async def commands(editor: Editor, page: Page) -> list[types.Command]:
    """What the lenses say and do, once they are resolved."""
    found: list[types.Command] = []
    for lens in await lenses(editor, page):
        assert lens.command is None
        with anyio.fail_after(DEADLINE):
            resolved = await editor.client.code_lens_resolve_async(lens)
        assert resolved.range.start == types.Position(0, 0)
        assert resolved.command is not None
        found.append(resolved.command)
    return found


@pytest.mark.parametrize("panel", [True, False], ids=["with a panel", "plain"])
async def test_lenses_say_what_is_open_what_it_cost_and_how_to_go_on(
    environment: dict[str, str], model: Model, workspace: Path, panel: bool
) -> None:
    model.script.reply(CLAIM).reply(say("One defect."))
    declared = able() if panel else able({})
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page = Page(editor, workspace / "stats.py")
        await editor.run(names.STATUS)
        without = await lenses(editor, page)
        result = await editor.run(names.REVIEW)
        findings, session, on, anew = await commands(editor, page)
        await editor.run(names.FINDING_DISMISS, findingId=result["findings"][0]["id"])
        later, *_ = await commands(editor, page)
        listed = await editor.run(findings.command, **argument(findings))
        history = await editor.run(session.command, **argument(session))
        fresh = await editor.run(anew.command, **argument(anew))
    cost = result["cost"]["sessionUsd"]
    assert without == []
    assert (findings.title, later.title) == ("1 open finding", "No open findings")
    assert session.title == f"${cost:.2f} · 1 turn · new"
    assert on.command == (names.CLIENT_ASK if panel else names.REVIEW)
    assert argument(on) == {"uri": page.uri}
    assert listed["findings"] == []
    assert history["session"]["sessionId"] == result["sessionId"] != fresh["sessionId"]


async def test_lenses_are_asked_for_again_when_what_they_say_has_changed(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(CLAIM).reply(pause(gate), say("One defect."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        refreshes = count_refreshes(editor)

        async def refreshed(command: Any) -> None:
            before = len(refreshes)
            await command
            await editor.until(lambda: len(refreshes) > before)

        page = Page(editor, workspace / "stats.py")
        review = editor.start(names.REVIEW)
        await refreshed(gate.reached.wait())
        found, session, *_ = await commands(editor, page)
        gate.open()
        result = (await review)["findings"][0]["id"]
        await refreshed(editor.run(names.FINDING_DISMISS, findingId=result))
        await refreshed(editor.run(names.SESSION_NEW))
        _, other, *_ = await commands(editor, page)
    assert found.title == "1 open finding"
    assert session.title.endswith("running")
    assert "0 turns" in other.title


async def test_lenses_are_asked_for_again_when_another_window_went_on_with_the_session(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(pause(gate), say("It divides."))
    async with (
        editor_on(environment, workspace, client_capabilities=able()) as one,
        editor_on(environment, workspace, client_capabilities=able()) as other,
    ):
        refreshes = count_refreshes(other)
        page = Page(other, workspace / "stats.py")
        await other.run(names.STATUS)
        before = await lenses(other, page)
        asked = one.start(names.ASK, text="What does it do?", uri=page.uri)
        await gate.reached.wait()
        await other.until(lambda: refreshes)
        _, meanwhile, *_ = await commands(other, page)
        refreshes.clear()
        gate.open()
        result = await asked
        await other.until(lambda: refreshes)
        _, after, *_ = await commands(other, page)
    assert before == []
    assert meanwhile.title.endswith("running")
    assert after.title.startswith(f"${result['cost']['sessionUsd']:.2f} · 1 turn · ")
    assert "running" not in after.title


def argument(command: types.Command) -> dict[str, Any]:
    """The one argument of a command."""
    only: Any = next(iter(command.arguments or ()))
    return only
