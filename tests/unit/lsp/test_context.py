"""What a client answers about its code: checked, cut, in the domain's words; or refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.errors import NoContext
from claude_sidecar.lsp import names
from claude_sidecar.lsp.context import EditorContexts
from claude_sidecar.sessions.ports import (
    CONTEXT_KINDS,
    ContextKind,
    ContextQuery,
    EditorContext,
    FilePlace,
)
from claude_sidecar.text import Position, PositionEncoding, Range
from support.memory_editor import Json, MemoryEditor, memory_editor

pytestmark = pytest.mark.anyio

TEXT = 'face = "😀"; two = 2\n'
TWO = Range(Position(0, 12), Position(0, 15))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text(TEXT)
    return path


def declaring(kinds: object) -> types.ClientCapabilities:
    return types.ClientCapabilities(experimental={names.CAPABILITY: {"editorContext": kinds}})


def contexts(editor: MemoryEditor, seconds: float = 10) -> EditorContexts:
    return EditorContexts(editor.client, editor.documents, editor.ranges, seconds)


async def answered(
    file: Path, answer: Any, *kinds: ContextKind, encoding: PositionEncoding = "utf-16"
) -> EditorContext:
    async def answers(method: str, params: Json) -> Any:
        return answer

    async with memory_editor(declaring(list(CONTEXT_KINDS)), encoding) as editor:
        path = editor.open(file)
        editor.answering = answers
        try:
            return await contexts(editor).context(ContextQuery(kinds, path, TWO.start, "two"))
        except NoContext as error:
            problem = error  # out of the task group, which would wrap it
    raise problem


@pytest.mark.parametrize(
    ("declared", "kinds"),
    [
        (["hover", "hover", "telepathy", 3], {"hover"}),
        ([], set[str]()),
        ("hover", set[str]()),
        ({"hover": True}, set[str]()),
        (None, set[str]()),
    ],
)
async def test_only_what_is_declared_and_known_is_there_to_be_asked(
    declared: object, kinds: set[str]
) -> None:
    async with memory_editor(declaring(declared)) as editor:
        assert contexts(editor).context_kinds == kinds


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 15), ("utf-16", 13), ("utf-32", 12)])
async def test_places_are_asked_and_told_in_the_clients_units(
    file: Path, encoding: PositionEncoding, column: int
) -> None:
    wire = {
        "start": {"line": 0, "character": column},
        "end": {"line": 0, "character": column + 3},
    }
    asked: list[Json] = []

    async def answers(method: str, params: Json) -> Any:
        asked.append(params)
        link = {"targetUri": file.as_uri(), "targetRange": wire, "targetSelectionRange": wire}
        return {
            "definition": {"uri": file.as_uri(), "range": wire},
            "references": [link, {"uri": "jdt://x/String.class"}],
            "hover": {"contents": [{"language": "python", "value": "two: int"}, "more"]},
            "unknown": 1,
        }

    async with memory_editor(declaring(list(CONTEXT_KINDS)), encoding) as editor:
        path = editor.open(file)
        editor.answering = answers
        query = ContextQuery(("definition", "references", "hover"), path, TWO.start, "two")
        context = await contexts(editor).context(query)
    assert asked == [
        {
            "kinds": ["definition", "references", "hover"],
            "uri": file.as_uri(),
            "position": {"line": 0, "character": column},
            "symbol": "two",
        }
    ]
    assert context.definitions == (FilePlace(str(file), TWO),)
    assert context.references is not None
    assert context.references[0] == FilePlace(str(file), TWO)
    assert context.references[1].path == "jdt://x/String.class"
    assert context.hover == "two: int\n\nmore"
    assert context.selection is None


RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}}


async def test_diagnostics_symbols_and_selections_are_read(file: Path) -> None:
    diagnostic = {"range": RANGE, "message": "Unused", "severity": 2, "code": 401, "source": "x"}
    answer = {
        "diagnostics": [
            {"uri": file.as_uri(), "diagnostics": [diagnostic, diagnostic | {"source": "claude"}]}
        ],
        "symbols": [
            {
                "name": "Outer",
                "kind": 5,
                "range": RANGE,
                "selectionRange": RANGE,
                "children": [{"name": "inner", "kind": 99, "range": RANGE}],
            },
            {"name": "flat", "kind": 12, "location": {"uri": file.as_uri(), "range": RANGE}},
        ],
        "selection": {"uri": file.as_uri(), "range": RANGE, "text": "face"},
        "visibleEditors": [{"uri": file.as_uri()}],
    }
    context = await answered(file, answer, "diagnostics", "symbols", "selection", "visibleEditors")
    assert context.diagnostics is not None
    (own,) = context.diagnostics[0].diagnostics  # ours are left out
    assert (own.message, own.severity, own.code, own.source) == ("Unused", "warning", "401", "x")
    assert context.symbols is not None
    assert [(each.name, each.kind, each.depth) for each in context.symbols] == [
        ("Outer", "class", 0),
        ("inner", "symbol", 1),
        ("flat", "function", 0),
    ]
    assert context.selection is not None
    assert context.selection.text == "face"
    assert context.visible is not None
    assert context.visible[0].path == str(file)


async def test_what_is_too_much_is_left_out_and_said_to_be(file: Path) -> None:
    place = {"uri": file.as_uri(), "range": RANGE}
    many = [{"range": RANGE, "message": "m" * 5000}] * 500
    answer = {
        "references": [place] * 1000,
        "hover": "h" * 1_000_000,
        "diagnostics": [{"uri": file.as_uri(), "diagnostics": many}],
        "symbols": [{"name": "s", "kind": 1, "range": RANGE}] * 2000,
    }
    context = await answered(file, answer, "references", "hover", "diagnostics", "symbols")
    assert len(context.references or ()) == 200
    assert len(context.hover or "") == 10_000
    assert [len(each.diagnostics) for each in context.diagnostics or ()] == [200]
    assert len(context.diagnostics[0].diagnostics[0].message) == 1000  # type: ignore[index]
    assert len(context.symbols or ()) == 500
    assert set(context.left_out) == {
        "800 more references are left out",
        "the hover has 1000000 characters; the rest is left out",
        "300 more diagnostics are left out",
        "1500 more symbols are left out",
    }


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "`the answer` must be an object"),
        ("yes", "`the answer` must be an object"),
        ({"definition": [3]}, "`definition[0]` must be an object"),
        ({"definition": {"uri": 3}}, "`definition[0].uri` must be a string"),
        ({"definition": {"uri": "file:///a", "range": {}}}, "`definition[0].range.start` must be"),
        ({"hover": 3}, "`hover` must be an object"),
        ({"hover": {"value": None}}, "`hover.value` must be a string"),
        ({"symbols": {}}, "`symbols` must be a list"),
        ({"symbols": [{"kind": 1, "range": RANGE}]}, "`symbols[0].name` must be a string"),
        ({"diagnostics": [{"uri": "file:///a"}]}, "`diagnostics[0].diagnostics` must be a list"),
        ({"selection": {"range": RANGE}}, "`selection.uri` must be a string"),
        ({"debugState": {"frames": 1}}, "`debugState.frames` must be a list"),
        (
            {"references": [{"uri": "file:///a", "range": {"start": {"line": -1}}}]},
            "`references[0].range.start` must have",
        ),
    ],
)
async def test_what_is_wrong_is_refused_by_name(
    file: Path, answer: Mapping[str, Any], problem: str
) -> None:
    kinds: tuple[ContextKind, ...] = CONTEXT_KINDS
    with pytest.raises(NoContext) as raised:
        await answered(file, answer, *kinds)
    assert problem in str(raised.value)


async def test_a_client_that_does_not_answer_is_given_up(file: Path) -> None:
    async def answers(method: str, params: Json) -> Any:
        await anyio.sleep_forever()

    async with memory_editor(declaring(["hover"])) as editor:
        editor.open(file)
        editor.answering = answers
        with pytest.raises(NoContext, match="did not answer"):
            await contexts(editor, 0.1).context(ContextQuery(("hover",), str(file)))
