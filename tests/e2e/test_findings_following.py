"""Findings follow their code: through edits, undo, renames, the disk, windows and restarts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import Call
from claude_sidecar.offline.script import call, pause, say
from support.editors import editor_on
from support.model import Model
from support.pages import Page, able

pytestmark = pytest.mark.anyio

QUOTE = "sum(numbers) / len(numbers)"
TITLE = "Division by zero"


def claim(**fields: Any) -> Call:
    made_up = {
        "file": "stats.py",
        "quote": QUOTE,
        "severity": "error",
        "category": "bug",
        "title": TITLE,
        "message": "`len(numbers)` is 0 for an empty list.",
    }
    return call("mcp__sidecar__report_finding", **(made_up | fields))


async def test_a_finding_is_shown_in_mid_turn_and_follows_edits_made_meanwhile(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    before, after = Gate(), Gate()
    model.script.reply(pause(before), claim()).reply(pause(after), say("One defect."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, workspace / "stats.py")
        review = editor.start(names.REVIEW)
        await before.reached.wait()
        page.replace("def mean", "import math\n\n\ndef mean")
        before.open()
        await page.shows((4, TITLE))
        await after.reached.wait()
        page.replace("import math\n", "")
        await page.shows((3, TITLE))
        page.replace(QUOTE, "sum(numbers) / len(numbers or [0])")
        await page.shows((3, TITLE))
        after.open()
        (finding,) = (await review)["findings"]
        (listed,) = (await editor.run(names.FINDING_LIST, uri=page.uri))["findings"]
    assert finding["range"] == listed["range"]
    assert listed["range"]["start"] == {"line": 3, "character": 11}
    assert (listed["id"], listed["state"], listed["anchor"]) == (finding["id"], "open", "moved")


async def test_no_diagnostics_are_published_for_a_version_that_has_passed(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, workspace / "stats.py")
        await editor.run(names.REVIEW)
        for number in range(20):
            page.replace("def mean", f"# {number}\ndef mean")
        await page.shows((21, TITLE))
    versions = [each.version for each in editor.published if each.uri == page.uri]
    assert versions == sorted(versions, key=lambda each: each or 0)


async def test_a_finding_goes_with_its_text_and_comes_back_with_undo(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, workspace / "stats.py")
        await editor.run(names.REVIEW)
        await page.shows((1, TITLE))
        page.replace(f"return {QUOTE}", "pass")
        await page.shows()
        (gone,) = (await editor.run(names.FINDING_LIST, state="stale"))["findings"]
        page.replace("pass", f"return {QUOTE}")
        await page.shows((1, TITLE))
        (back,) = (await editor.run(names.FINDING_LIST, state="open"))["findings"]
    assert (gone["id"], gone["anchor"]) == (back["id"], "lost")
    assert back["anchor"] == "exact"


async def test_a_dismissal_holds_after_a_restart_though_the_model_says_it_in_other_words(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, workspace / "stats.py")
        (finding,) = (await editor.run(names.REVIEW))["findings"]
        await page.shows((1, TITLE))
        dismissed = await editor.run(
            names.FINDING_DISMISS, findingId=finding["id"], reason="intended"
        )
        await page.shows()
    assert dismissed["state"] == "dismissed"
    rephrased = claim(title="An empty list is not handled", message="It raises.")
    other = claim(quote="def mean(numbers):", category="naming", title="Too short a name")
    model.script.reply(rephrased).reply(other).reply(say("Nothing new but a name."))
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, workspace / "stats.py")
        result = await editor.run(names.REVIEW)
        await page.shows((0, "Too short a name"))
        reopened = await editor.run(names.FINDING_REOPEN, findingId=finding["id"])
        await page.shows((0, "Too short a name"), (1, TITLE))
    assert [each["title"] for each in result["findings"]] == ["Too short a name"]
    assert "intended" in model.requests[2].last_prompt
    assert (reopened["id"], reopened["state"]) == (finding["id"], "open")


@pytest.mark.parametrize("told_first", [True, False], ids=["told first", "told last"])
async def test_findings_of_an_open_file_follow_its_new_name(
    environment: dict[str, str], model: Model, workspace: Path, told_first: bool
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    old, new = workspace / "stats.py", workspace / "numbers.py"
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        page = Page(editor, old)
        await editor.run(names.REVIEW)
        await page.shows((1, TITLE))
        old.rename(new)
        rename = types.RenameFilesParams([types.FileRename(page.uri, new.as_uri())])
        if told_first:
            editor.client.workspace_did_rename_files(rename)
        page.close()
        renamed = Page(editor, new)
        if not told_first:
            editor.client.workspace_did_rename_files(rename)
        await renamed.shows((1, TITLE))
        await editor.until(lambda: not editor.client.diagnostics.get(page.uri))
        (listed,) = (await editor.run(names.FINDING_LIST))["findings"]
    assert listed["uri"] == new.as_uri()


async def test_a_file_that_changes_on_the_disk_has_its_findings_looked_for(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    file = workspace / "stats.py"
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        await editor.until(lambda: types.CLIENT_REGISTER_CAPABILITY in dict(editor.asked))
        registered = [
            each.method for each in dict(editor.asked)["client/registerCapability"].registrations
        ]
        await editor.run(names.REVIEW, uri=file.as_uri())

        async def shows(*lines: int) -> None:
            await editor.until(
                lambda: (
                    [
                        each.range.start.line
                        for each in editor.client.diagnostics.get(file.as_uri(), ())
                    ]
                    == list(lines)
                )
            )

        async def becomes(text: str | None, *lines: int) -> None:
            kind = types.FileChangeType.Changed if text else types.FileChangeType.Deleted
            if text is None:
                file.unlink()
            else:
                file.write_text(text, encoding="utf-8")
            editor.client.workspace_did_change_watched_files(
                types.DidChangeWatchedFilesParams([types.FileEvent(file.as_uri(), kind)])
            )
            await shows(*lines)

        text = file.read_text(encoding="utf-8")
        await shows(1)
        await becomes(f"import math\n\n\n{text}", 4)
        await becomes("import math\n")
        await becomes(text, 1)
        await becomes(None)
    assert types.WORKSPACE_DID_CHANGE_WATCHED_FILES in registered


async def test_after_a_restart_findings_are_shown_in_files_that_nobody_has_opened(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    file = workspace / "stats.py"
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        await editor.run(names.REVIEW, uri=file.as_uri())
    file.write_text("import math\n\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    async with editor_on(environment, workspace, client_capabilities=able()) as editor:
        await editor.until(lambda: file.as_uri() in editor.client.diagnostics)
        (diagnostic,) = editor.client.diagnostics[file.as_uri()]
    assert (diagnostic.range.start.line, diagnostic.source) == (4, "claude")


async def test_two_windows_on_one_workspace_show_the_same_findings(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(claim()).reply(say("One defect."))
    async with (
        editor_on(environment, workspace, client_capabilities=able()) as one,
        editor_on(environment, workspace, client_capabilities=able()) as other,
    ):
        mine, yours = (Page(each, workspace / "stats.py") for each in (one, other))
        await other.run(names.STATUS)
        yours.replace("def mean", "\n\ndef mean")
        (finding,) = (await one.run(names.REVIEW, uri=mine.uri))["findings"]
        await mine.shows((1, TITLE))
        await yours.shows((3, TITLE))
        await other.run(names.FINDING_DISMISS, findingId=finding["id"])
        await yours.shows()
        await mine.shows()
