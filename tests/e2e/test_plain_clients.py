"""Clients that declare nothing of ours: all they see comes by standard LSP, all they are asked too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.keys import path_from_uri
from support.editors import PANEL, capabilities, editor_on, silence
from support.model import Model

pytestmark = pytest.mark.anyio

SHOWS_DOCUMENTS = types.WindowClientCapabilities(
    show_document=types.ShowDocumentClientCapabilities(support=True)
)
ASKS_BY_MESSAGE = types.WindowClientCapabilities(
    show_message=types.ShowMessageRequestClientCapabilities(), work_done_progress=True
)


async def test_a_reply_is_shown_as_a_document_where_the_client_can(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It *averages*."))
    declared = capabilities(window=SHOWS_DOCUMENTS)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="What does it do?")
        (shown,) = editor.shown
        assert "It *averages*." in shown
        assert editor.client.shown_documents[0].uri.endswith(".md")
        for command, heading in {
            names.SESSION_LIST: "# Sessions",
            names.SESSION_HISTORY: "## 1. ask",
            names.USAGE: "# Usage",
            names.STATUS: "# Status",
            names.FINDING_LIST: "# Findings",
            names.SESSION_EXPORT: "## 1. ask",
        }.items():
            await editor.run(command)
            assert heading in editor.shown[-1], command
    assert editor.updates == []


async def test_each_reply_is_a_document_of_its_own(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    """An editor that has a file open goes on showing what it read, whatever is written there."""
    answers = ["One.", "Two.", "Three."]
    for answer in answers:
        model.script.reply(say(answer))
    declared = capabilities(window=SHOWS_DOCUMENTS)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.open(workspace / "stats.py")
        for answer in answers:
            await editor.run(names.ASK, text=f"Is it {answer}?")
        assert len({each.uri for each in editor.client.shown_documents}) == len(answers)
        for answer, shown in zip(answers, editor.shown, strict=True):
            assert answer in shown


async def test_a_reply_that_is_read_is_not_what_the_user_works_in(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It averages.")).reply(say("As I said."))
    declared = capabilities(window=SHOWS_DOCUMENTS)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.open(workspace / "stats.py")
        first = await editor.run(names.ASK, text="What does it do?")
        editor.open(Path(path_from_uri(editor.client.shown_documents[0].uri)), language="markdown")
        second = await editor.run(names.ASK, text="Sure?")
    assert second["sessionId"] == first["sessionId"]


async def test_a_reply_is_a_message_where_the_client_can_show_nothing_else(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("It *averages*."))
    async with editor_on(environment, workspace, client_capabilities=capabilities()) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="What does it do?")
        assert "It *averages*." in editor.messages[-1]
        await editor.run(names.SESSION_NEW)
        assert editor.messages[-1] == "A new session for stats.py."
    assert editor.asked == []


async def test_progress_is_created_by_the_server_and_an_unanswered_one_keeps_nobody_waiting(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(say("One.")).reply(say("Two."))
    declared = capabilities(window=ASKS_BY_MESSAGE)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="One?")
        (token,) = editor.client.progress_reports
        assert isinstance(editor.progress(str(token))[-1], types.WorkDoneProgressEnd)
        editor.answering = silence
        result = await editor.run(names.ASK, text="Two?")
        assert result["text"] == "Two."


@pytest.mark.parametrize(
    ("answer", "made"), [("Allow", True), ("Refuse", False), ("Whatever", False), (None, False)]
)
async def test_permission_is_asked_by_message_and_only_a_yes_is_a_yes(
    environment: dict[str, str], model: Model, workspace: Path, answer: str | None, made: bool
) -> None:
    model.script.reply(call("Bash", command="touch made", description="Make a file"))
    model.script.reply(say("Well."))
    declared = capabilities(window=ASKS_BY_MESSAGE)

    async def answering(method: str, params: Any) -> types.MessageActionItem | None:
        if method == types.WINDOW_SHOW_MESSAGE_REQUEST:
            assert "touch made" in params.message
            return None if answer is None else types.MessageActionItem(answer)
        return None

    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.answering = answering
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="Make a file.")
    assert types.WINDOW_SHOW_MESSAGE_REQUEST in [method for method, _ in editor.asked]
    assert (workspace / "made").exists() is made


async def test_a_client_that_cannot_be_asked_has_refused(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("Bash", command="touch made", description="Make a file"))
    model.script.reply(say("Well."))
    async with editor_on(environment, workspace, client_capabilities=capabilities()) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="Make a file.")
    assert editor.asked == []
    assert not (workspace / "made").exists()


async def test_a_panel_is_asked_by_its_own_request(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    model.script.reply(call("Bash", command="touch made", description="Make a file"))
    model.script.reply(say("Made."))
    question = {
        "question": "Which?",
        "header": "Choice",
        "multiSelect": False,
        "options": [{"label": "A", "description": "a"}, {"label": "B", "description": "b"}],
    }
    model.script.reply(call("AskUserQuestion", questions=[question])).reply(say("B it is."))

    async def answering(method: str, params: Any) -> dict[str, Any] | None:
        if method == names.REQUEST_PERMISSION:
            assert params["rawInput"]["command"] == "touch made"
            kinds = [option["kind"] for option in params["options"]]
            assert kinds == ["allow_once", "allow_always", "allow_always", "reject_once"]
            return {"outcome": "selected", "optionId": params["options"][0]["optionId"]}
        if method == names.ASK_QUESTION:
            assert params["questions"] == [question]
            return {"answers": {"Which?": "B"}}
        return None

    declared = capabilities(own=PANEL, window=ASKS_BY_MESSAGE)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        editor.answering = answering
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="Make a file.")
        assert (workspace / "made").exists()
        await editor.run(names.ASK, text="Ask me.")
    assert "B" in model.requests[-1].tool_results[-1].text
    assert types.WINDOW_SHOW_MESSAGE_REQUEST not in [method for method, _ in editor.asked]


async def test_what_would_be_obeyed_or_not_seen_is_spelled_out_wherever_it_is_shown(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    hostile = "\x1b[2Jgone\u202e\u200b"
    named = workspace / "evil\u202e.py"
    named.write_text("a = 1\n")
    finding = {
        "file": "stats.py",
        "quote": "sum(numbers) / len(numbers)",
        "severity": "error",
        "category": "bug",
        "title": f"Title {hostile}",
        "message": f"Message {hostile}",
    }
    model.script.reply(
        call("mcp__sidecar__report_finding", **finding), call("Read", file_path=str(named))
    ).reply(say(f"Reply {hostile}"))
    window = types.WindowClientCapabilities(
        show_document=types.ShowDocumentClientCapabilities(support=True), work_done_progress=True
    )
    declared = capabilities(window=window)
    async with editor_on(environment, workspace, client_capabilities=declared) as editor:
        uri = editor.open(workspace / "stats.py")
        await editor.run(names.REVIEW, token="t")
        hover = await editor.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(1, 12))
        )
        told = [
            *editor.shown,
            *editor.messages,
            *(str(value) for value in editor.progress("t")),
            *(each.message for params in editor.published for each in params.diagnostics),
            str(hover),
        ]
    text = "\n".join(told)
    assert "Reply \\x1b[2Jgone\\u202e\\u200b" in text
    assert "Message \\x1b[2Jgone\\u202e\\u200b" in text.replace("\\\\", "\\")
    assert "Title \\x1b[2Jgone" in text.replace("\\\\", "\\")
    assert not set("\x1b\u202e\u200b") & set(text)
