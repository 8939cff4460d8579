"""Folders, their settings, and files that move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from support.editors import PANEL, capabilities, editor_on
from support.model import Model

pytestmark = pytest.mark.anyio

FINDING: dict[str, Any] = {
    "file": "stats.py",
    "quote": "sum(numbers)",
    "severity": "hint",
    "category": "naming",
    "title": "A hint",
    "message": "It could be named better.",
}


async def test_each_folder_of_a_window_is_a_workspace_of_its_own(
    environment: dict[str, str], model: Model, tmp_path: Path, workspace: Path
) -> None:
    inner = workspace / "inner"
    late = tmp_path / "late"
    for folder in (inner, late):
        folder.mkdir()
        (folder / "stats.py").write_text("x = 1\n", encoding="utf-8")
    model.script.reply(say("Yes.")).forever()
    async with editor_on(environment, workspace, inner) as editor:
        sessions: dict[Path, Any] = {}
        for folder in (workspace, inner):
            uri = (folder / "stats.py").as_uri()
            sessions[folder] = await editor.run(names.SESSION_NEW, uri=uri)
        event = types.WorkspaceFoldersChangeEvent(
            added=[types.WorkspaceFolder(late.as_uri(), "late")],
            removed=[types.WorkspaceFolder(inner.as_uri(), "inner")],
        )
        editor.client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(event)
        )
        for folder in (late, inner / ""):
            uri = (folder / "stats.py").as_uri()
            sessions[folder / "again"] = await editor.run(names.SESSION_NEW, uri=uri)
        listed = await editor.run(names.SESSION_LIST, workspace=inner.as_uri())
    keys = [(session["workspace"], session["file"]) for session in sessions.values()]
    assert keys == [
        (workspace.as_uri(), "stats.py"),
        (inner.as_uri(), "stats.py"),
        (late.as_uri(), "stats.py"),
        (workspace.as_uri(), "inner/stats.py"),
    ]
    assert [each["sessionId"] for each in listed["sessions"]] == [sessions[inner]["sessionId"]]


async def test_a_null_uri_means_the_workspace_itself(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("A project."))
    async with editor_on(environment, workspace) as editor:
        editor.open(workspace / "stats.py")
        result = await editor.run(names.ASK, text="What is this?", uri=None)
        (session,) = (await editor.run(names.SESSION_LIST, uri=None))["sessions"]
    assert session["sessionId"] == result["sessionId"]
    assert (session["workspace"], session.get("file")) == (workspace.as_uri(), None)


@pytest.mark.parametrize("told", ["at once", "late"])
async def test_sessions_and_findings_follow_a_renamed_file(
    environment: dict[str, str], model: Model, workspace: Path, told: str
) -> None:
    """Also where the file is already known to be gone when its new name is told."""
    model.script.reply(call("mcp__sidecar__report_finding", **FINDING)).reply(say("One."))
    old, new = workspace / "stats.py", workspace / "numbers.py"
    async with editor_on(environment, workspace) as editor:
        uri = editor.open(old)
        result = await editor.run(names.REVIEW)
        old.rename(new)
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        if told == "late":
            await editor.until(lambda: not editor.client.diagnostics[uri])
        editor.client.workspace_did_rename_files(
            types.RenameFilesParams([types.FileRename(uri, new.as_uri())])
        )
        await editor.until(lambda: editor.client.diagnostics.get(new.as_uri()))
        assert list(editor.client.diagnostics[uri]) == []
        history = await editor.run(names.SESSION_HISTORY, uri=new.as_uri())
        listed = await editor.run(names.FINDING_LIST, uri=new.as_uri())
    assert history["session"]["sessionId"] == result["sessionId"]
    assert history["session"]["file"] == "numbers.py"
    assert [finding["uri"] for finding in listed["findings"]] == [new.as_uri()]


async def test_settings_problems_are_told_once_by_name(
    environment: dict[str, str], workspace: Path
) -> None:
    options = {"effort": "enormous", "budgets": 3, "client": PANEL, "trace": {"server": "off"}}
    declared = capabilities()
    async with editor_on(
        environment, workspace, client_capabilities=declared, options=options
    ) as editor:
        await editor.until(lambda: editor.messages)
        status = await editor.run(names.STATUS)
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"claudeSidecar": {"maxTurns": -1}})
        )
        await editor.until(lambda: len(editor.messages) == 2)
        later = await editor.run(names.STATUS)
    first, second = editor.messages
    assert "claudeSidecar.effort" in first
    assert '"medium"' in first
    assert "claudeSidecar.budgets" in first
    assert "claudeSidecar.maxTurns" in second
    assert "effort" not in second
    assert [each["setting"] for each in status["settingsProblems"]] == ["effort", "budgets"]
    assert [each["setting"] for each in later["settingsProblems"]] == [
        "effort",
        "budgets",
        "maxTurns",
    ]
    assert status["store"]["persistent"] is True


async def test_settings_are_asked_for_each_folder(
    environment: dict[str, str], model: Model, tmp_path: Path, workspace: Path
) -> None:
    quiet = tmp_path / "quiet"
    quiet.mkdir()
    (quiet / "stats.py").write_text("sum(numbers)\n", encoding="utf-8")
    for _ in range(2):
        model.script.reply(call("mcp__sidecar__report_finding", **FINDING)).reply(say("One."))
    declared = capabilities(
        own=PANEL, workspace=types.WorkspaceClientCapabilities(configuration=True)
    )

    async def answering(method: str, params: Any) -> list[Any] | None:
        if method != types.WORKSPACE_CONFIGURATION:
            return None
        special = {"review": {"minSeverity": "warning"}}
        return [special if item.scope_uri == quiet.as_uri() else {} for item in params.items]

    async with editor_on(environment, workspace, quiet, client_capabilities=declared) as editor:
        editor.answering = answering
        shown = editor.open(workspace / "stats.py")
        await editor.run(names.REVIEW)
        hidden = editor.open(quiet / "stats.py")
        await editor.run(names.REVIEW)
        assert len(editor.client.diagnostics[shown]) == 1
        assert not editor.client.diagnostics.get(hidden)
    (method, params), *_ = editor.asked
    assert method == types.WORKSPACE_CONFIGURATION
    assert [item.scope_uri for item in params.items] == [None, workspace.as_uri(), quiet.as_uri()]


async def test_a_store_that_is_none_is_told_and_can_be_put_right(
    environment: dict[str, str], workspace: Path, tmp_path: Path
) -> None:
    from pygls.exceptions import JsonRpcException

    declared = capabilities()
    async with editor_on(
        environment,
        workspace,
        client_capabilities=declared,
        options={"store": {"url": "postgres://elsewhere/db"}},
    ) as editor:
        await editor.until(lambda: editor.messages)
        assert "postgres" in editor.messages[0]
        with pytest.raises(JsonRpcException, match="postgres"):
            await editor.run(names.STATUS)
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"store": {"url": str(tmp_path / "own.sqlite3")}})
        )
        status = await editor.run(names.STATUS)
    assert status["store"]["location"] == str(tmp_path / "own.sqlite3")
