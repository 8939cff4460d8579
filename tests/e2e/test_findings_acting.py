"""What can be done about findings, selections, other tools' diagnostics and comments, by editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.replies import Call
from claude_sidecar.offline.script import call, say
from support.editors import DEADLINE, Editor, editor_on
from support.model import Model
from support.pages import Page, able, take_edits

pytestmark = pytest.mark.anyio

CODE = """\
def mean(numbers):
    # claude: why is this not statistics.mean?
    return sum(numbers) / len(numbers)


def last(numbers):
    return numbers[-1]
"""
DIVISION = "sum(numbers) / len(numbers)"
MENDED = "sum(numbers) / len(numbers) if numbers else 0.0"
SUGGESTED = {
    "quote": DIVISION,
    "severity": "error",
    "category": "bug",
    "title": "Division by zero",
    "message": "`len(numbers)` is 0.",
    "replacement": MENDED,
}
HINT = {
    "quote": "numbers[-1]",
    "severity": "hint",
    "category": "error-handling",
    "title": "An empty list",
    "message": "It raises.",
}


def claim(**fields: Any) -> Call:
    return call("mcp__sidecar__report_finding", file="stats.py", **fields)


@pytest.fixture
def stats(workspace: Path) -> Path:
    file = workspace / "stats.py"
    file.write_text(CODE, encoding="utf-8")
    return file


async def reviewed(editor: Editor, model: Model, file: Path) -> tuple[Page, dict[str, Any]]:
    """A page with two findings, and these by their titles."""
    model.script.reply(claim(**SUGGESTED), claim(**HINT)).reply(say("Two."))
    page = Page(editor, file)
    result = await editor.run(names.REVIEW)
    await page.shows((2, "Division by zero"), (6, "An empty list"))
    return page, {each["title"]: each for each in result["findings"]}


def short(action: Any) -> str:
    """A title without what it is about."""
    return action.title.partition(":")[0]


ON_A_FINDING = [
    "Fix with Claude",
    "Explain",
    "Verify again",
    "Dismiss (not a bug)",
    "Dismiss (won't fix)",
    "Dismiss (intended)",
]
FILE = [
    "Apply all of Claude's suggestions in this file (1)",
    "Dismiss all of Claude's hints in this file (1)",
]
SELECTION = ["Review the selection with Claude", "Explain the selection with Claude"]
FOREIGN = ["Explain with Claude", "Fix with Claude", "Debug with Claude"]
UNUSED = types.Diagnostic(
    types.Range(types.Position(5, 4), types.Position(5, 8)),
    "`last` is never used",
    severity=types.DiagnosticSeverity.Warning,
    code="F401",
    source="linter",
)


async def test_what_is_offered_depends_on_the_place(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able({})) as editor:
        page, _ = await reviewed(editor, model, stats)
        nowhere = types.Range(types.Position(4, 0), types.Position(4, 0))
        within = page.range_of("len")
        cursor = types.Range(within.start, within.start)
        comment = types.Range(types.Position(1, 9), types.Position(1, 9))
        own = [page.range_of("numbers[-1]"), page.range_of("def last(numbers):")]
        table: list[tuple[dict[str, Any], list[str]]] = [
            ({"place": nowhere}, FILE),
            ({"place": cursor}, ["Apply Claude's suggestion", *ON_A_FINDING, *FILE]),
            ({"place": own[0]}, [*ON_A_FINDING, *FILE, *SELECTION]),
            ({"place": own[1]}, [*FILE, *SELECTION]),
            ({"place": comment}, [*FILE, "Ask Claude"]),
            ({"place": nowhere, "diagnostics": (UNUSED,)}, [*FILE, *FOREIGN]),
            ({"place": cursor, "only": ["source"]}, FILE),
            ({"place": cursor, "only": ["source.fixAll"]}, FILE[:1]),
            ({"place": own[1], "only": ["claude"]}, SELECTION),
            ({"place": own[1], "only": ["refactor"]}, []),
            ({"place": cursor, "only": ["quickfix"]}, ["Apply Claude's suggestion", *ON_A_FINDING]),
        ]
        for arguments, expected in table:
            offered = await page.actions(**arguments)
            assert [short(each) for each in offered] == expected, arguments
        automatic = types.CodeActionTriggerKind.Automatic
        for only, count in (("source.fixAll", 0), ("source.fixAll.claude", 1)):
            saving = await page.actions(nowhere, only=[only], trigger=automatic)
            assert len(saving) == count, only


async def test_every_action_carries_a_command_of_the_server_that_knows_its_argument(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able({})) as editor:
        page, findings = await reviewed(editor, model, stats)
        model.script.reply(say("Because.")).forever()
        finding_id = findings["Division by zero"]["id"]
        everywhere = types.Range(types.Position(0, 0), types.Position(7, 0))
        offered = await page.actions(everywhere, diagnostics=(UNUSED,))
        first = next(each for each in offered if each.is_preferred)
        assert list(first.command.arguments) == [{"findingId": finding_id}]
        assert [each.data["findingId"] for each in first.diagnostics] == [finding_id]
        for action in offered:
            command = action.command
            if command.command.startswith("claudeSidecar.finding."):
                continue  # these change what there is: each has a test of its own
            (argument,) = command.arguments
            assert await editor.run(command.command, **argument), action.title
    asked = [request.last_prompt for request in model.requests]
    assert any("why is this not statistics.mean?" in prompt for prompt in asked)
    assert any("`last` is never used" in prompt for prompt in asked)
    assert any("Explain this finding" in prompt and DIVISION in prompt for prompt in asked)


async def test_a_client_with_a_panel_asks_for_the_words_of_a_question_by_itself(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page, findings = await reviewed(editor, model, stats)
        place = page.range_of(DIVISION)
        commands = [each.command for each in await page.actions(place)]
    asking = [list(each.arguments) for each in commands if each.command == names.CLIENT_ASK]
    start = {"line": place.start.line, "character": place.start.character}
    end = {"line": place.end.line, "character": place.end.character}
    assert asking == [
        [{"findingId": findings["Division by zero"]["id"], "uri": page.uri}],
        [{"uri": page.uri, "range": {"start": start, "end": end}}],
    ]
    assert names.CLIENT_ASK not in names.COMMANDS


async def resolved(editor: Editor, action: types.CodeAction) -> types.CodeAction:
    with anyio.fail_after(DEADLINE):
        return await editor.client.code_action_resolve_async(action)


async def carried_out(editor: Editor, page: Page, action: types.CodeAction) -> Any:
    """As editors do it: first the edit, if it is for this version, then the command."""
    if action.edit is not None and not page.apply(action.edit):
        return None
    assert action.command is not None
    argument: Any = next(iter(action.command.arguments or ()))
    return await editor.run(action.command.command, **argument)


async def test_a_suggestion_is_applied_by_a_minimal_edit_of_this_version(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page, _ = await reviewed(editor, model, stats)
        (action,) = [each for each in await page.actions(page.range_of("len")) if each.is_preferred]
        assert action.edit is None
        page.replace("def mean", "import math\n\n\ndef mean")
        made = await resolved(editor, action)
        assert made.edit is not None
        (change,) = list(made.edit.document_changes or ())
        assert isinstance(change, types.TextDocumentEdit)
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        assert (edit.new_text, edit.range.start.line) == (" if numbers else 0.0", 5)
        page.replace("import math", "import cmath")
        assert await carried_out(editor, page, made) is None  # it was made for the text before
        assert await carried_out(editor, page, await resolved(editor, action)) == {"applied": True}
        assert MENDED in page.text
        await page.shows((9, "An empty list"))
        (fixed,) = (await editor.run(names.FINDING_LIST, state="fixed"))["findings"]
        page.replace(MENDED, "statistics.mean(numbers)")
        late = await resolved(editor, action)
        assert late.edit is None
        refused = await carried_out(editor, page, late)
    assert fixed["title"] == "Division by zero"
    assert refused["applied"] is False
    assert "has changed" in refused["reason"]


async def test_the_command_has_the_editor_make_the_edit_unless_it_moved_on(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    declared = able({}, literals=False)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page, findings = await reviewed(editor, model, stats)
        done = take_edits(editor, page)
        commands = await page.actions(page.range_of("len"))
        assert {type(each) for each in commands} == {types.Command}
        assert commands[0].command == names.FINDING_APPLY
        finding_id = findings["Division by zero"]["id"]
        page.version += 1  # an edit that the server has not been told of yet
        refused = await editor.run(names.FINDING_APPLY, findingId=finding_id)
        page.version -= 1
        applied = await editor.run(names.FINDING_APPLY, findingId=finding_id)
        assert MENDED in page.text
        await page.shows((6, "An empty list"))
    assert refused == {"applied": False, "reason": "The document has another version."}
    assert applied == {"applied": True}
    assert done == [False, True]


@pytest.mark.parametrize("resolves", [True, False], ids=["resolves", "takes edits at once"])
async def test_all_suggestions_of_a_file_are_applied_in_one_edit(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path, resolves: bool
) -> None:
    declared = able({}, resolves=resolves)
    second = HINT | {"replacement": "numbers[-1] if numbers else None", "severity": "warning"}
    model.script.reply(claim(**SUGGESTED), claim(**second)).reply(say("Two."))
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        page = Page(editor, stats)
        await editor.run(names.REVIEW)
        await page.shows((2, "Division by zero"), (6, "An empty list"))
        nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
        (action,) = await page.actions(nowhere)
        assert (action.kind, action.edit is None) == ("source.fixAll.claude", resolves)
        made = await resolved(editor, action) if resolves else action
        result = await carried_out(editor, page, made)
        await page.shows()
        listed = (await editor.run(names.FINDING_LIST))["findings"]
    assert MENDED in page.text
    assert "numbers[-1] if numbers else None" in page.text
    assert [each["state"] for each in result["findings"]] == ["fixed", "fixed"]
    assert [each["state"] for each in listed] == ["fixed", "fixed"]
    assert page.version == 2


async def test_all_suggestions_are_applied_by_command_too(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able({})) as editor:
        page, _ = await reviewed(editor, model, stats)
        done = take_edits(editor, page)
        result = await editor.run(names.FINDING_APPLY_ALL)
        await page.shows((6, "An empty list"))
        again = await editor.run(names.FINDING_APPLY_ALL, uri=page.uri)
    assert [each["title"] for each in result["findings"]] == ["Division by zero"]
    assert (result["applied"], again) == (True, {"applied": True, "findings": []})
    assert (done, MENDED in page.text) == ([True], True)


async def test_all_hints_are_dismissed_at_once(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page, findings = await reviewed(editor, model, stats)
        nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
        (action,) = await page.actions(nowhere, only=["source.dismissHints"])
        await carried_out(editor, page, action)
        await page.shows((2, "Division by zero"))
        (dismissed,) = (await editor.run(names.FINDING_LIST, state="dismissed"))["findings"]
    assert dismissed["id"] == findings["An empty list"]["id"]


async def test_a_finding_is_verified_against_the_text_of_today(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page, findings = await reviewed(editor, model, stats)
        model.script.reply(claim(**SUGGESTED)).reply(say("It is still so."))
        confirmed = await editor.run(
            names.FINDING_VERIFY, findingId=findings["Division by zero"]["id"]
        )
        page.replace("numbers[-1]", "numbers[-1:]")
        model.script.reply(say("It does not raise any more."))
        gone = await editor.run(names.FINDING_VERIFY, findingId=findings["An empty list"]["id"])
        await page.shows((2, "Division by zero"))
    assert (confirmed["state"], confirmed["verdict"]) == ("open", "confirmed")
    assert gone["state"] == "fixed"
    assert "numbers[-1:]" in model.requests[-1].last_prompt


async def test_a_fix_is_asked_for_in_the_files_session(
    environment: dict[str, str], model: Model, workspace: Path, stats: Path
) -> None:
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page, findings = await reviewed(editor, model, stats)
        model.script.reply(say("Mended."))
        result = await editor.run(names.FIX, findingId=findings["Division by zero"]["id"])
        history = await editor.run(names.SESSION_HISTORY, uri=page.uri)
    assert [turn["kind"] for turn in history["turns"]] == ["review", "fix"]
    assert result["sessionId"] == history["session"]["sessionId"]
    assert "Division by zero" in model.requests[-1].last_prompt
