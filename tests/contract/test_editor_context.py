"""What Claude asks the editor beside its text: offered where it can be answered, told as data."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.debugging.debugger import parse_debug_state
from claude_sidecar.errors import NoContext
from claude_sidecar.offline.replies import Call
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.ports import (
    CONTEXT_KINDS,
    ContextKind,
    ContextQuery,
    EditorContext,
    EditorDiagnostic,
    FileDiagnostics,
    FilePlace,
    Selection,
    Symbol,
)
from claude_sidecar.text import Position, Range
from support.model import Model
from support.opened import SAVED, opened
from support.sidecars import Desk

pytestmark = pytest.mark.anyio

OWN = {"report_finding", "read_buffer", "edit_buffer", "rename_file", "delete_file"}


def ask(tool: str, **arguments: Any) -> Call:
    return call(f"mcp__sidecar__{tool}", **arguments)


def at(line: int, start: int = 0, end: int = 0) -> Range:
    return Range(Position(line, start), Position(line, end))


async def answers(desk: Desk, model: Model, *calls: Call) -> list[Any]:
    """The results of calls that are made together."""
    model.script.reply(*calls).reply(say("I see."))
    async with desk.open() as sidecar:
        await sidecar.ask("Look.")
    results = model.requests[-1].tool_results  # as they came; the ids are numbered
    return sorted(results, key=lambda each: int(each.tool_use_id.rpartition("_")[2]))


@pytest.mark.parametrize(
    ("kinds", "tools"),
    [
        ((), set[str]()),
        (("hover", "visibleEditors"), {"get_hover", "get_selection"}),
        (
            CONTEXT_KINDS,
            {
                "get_diagnostics",
                "get_selection",
                "get_debug_state",
                "find_definition",
                "find_references",
                "get_hover",
                "get_symbols",
            },
        ),
    ],
    ids=["nothing", "some", "all"],
)
async def test_only_what_the_editor_can_answer_is_offered(
    desk: Desk, model: Model, kinds: tuple[ContextKind, ...], tools: set[str]
) -> None:
    desk.editor.context_kinds = frozenset(kinds)
    model.script.reply(say("Hello."))
    async with desk.open() as sidecar:
        await sidecar.ask("Hello?")
    names = {name.rpartition("__")[2] for name in model.requests[0].tools if "sidecar" in name}
    assert names == OWN | tools


async def test_everything_is_asked_for_its_place_and_told(desk: Desk, model: Model) -> None:
    path = opened(desk, "a.py")
    other = desk.write("b.py", "import a\nprint(a.two)\n")
    library = "/usr/lib/python3/json/__init__.py"
    found = EditorContext(
        diagnostics=(
            FileDiagnostics(path, (EditorDiagnostic(at(1), "warning", "Unused", "ruff", "F841"),)),
        ),
        selection=Selection(FilePlace(path, at(1, 0, 3)), "two"),
        visible=(FilePlace(other, at(0)),),
        debug_state=parse_debug_state({"frames": [{"name": "main", "line": 3}]}),
        definitions=(FilePlace(path, at(1)), FilePlace(library, at(41))),
        references=(FilePlace(other, at(1, 8, 11)),),
        hover="int: ```@/etc/passwd```",
        symbols=(
            Symbol("two", "variable", FilePlace(path, at(1))),
            Symbol("in", "field", FilePlace(path, at(2)), 1),
        ),
    )
    desk.editor.context_kinds = frozenset(CONTEXT_KINDS)
    desk.editor.knowing = lambda _: found
    results = await answers(
        desk,
        model,
        ask("get_diagnostics"),
        ask("get_selection"),
        ask("get_debug_state"),
        ask("find_definition", file="b.py", symbol="a.two"),
        ask("find_references", file="a.py", line=2, symbol="two"),
        ask("get_hover", file="a.py", line=3),
        ask("get_symbols", file="a.py"),
    )
    assert [each.is_error for each in results] == [False] * 7
    diagnostics, selection, debugger, definition, references, hover, symbols = (
        each.text for each in results
    )
    assert "a.py:2:1: warning: Unused (ruff F841)" in diagnostics
    assert "Selected at a.py:2" in selection
    assert "b.py" in selection
    assert "#0 main" in debugger
    assert "a.py:2\ttwo = 2" in definition
    assert f"{library}:42\n" in definition  # named, and not read: it is outside the workspace
    assert "b.py:2\tprint(a.two)" in references
    assert "int: " in hover
    assert "2\tvariable two\n  3\tfield in" in symbols
    for each in results:
        assert 'nonce="' in each.text  # all of it is data
    asked = {each.kinds: each for each in desk.editor.queries}
    assert asked["selection", "visibleEditors"] == ContextQuery(("selection", "visibleEditors"))
    definition_query = asked["definition",]
    assert (definition_query.path, definition_query.position) == (other, Position(1, 8))
    assert asked["references",].position == Position(1, 0)
    assert asked["hover",].position == Position(2, 0)


async def test_what_cannot_be_asked_or_is_not_answered_is_an_error_that_says_why(
    desk: Desk, model: Model
) -> None:
    opened(desk, "a.py", SAVED)
    desk.editor.context_kinds = frozenset(CONTEXT_KINDS)

    def silent(_: ContextQuery) -> EditorContext:
        raise NoContext("The editor did not answer.")

    desk.editor.knowing = silent
    results = await answers(
        desk,
        model,
        ask("get_hover", file="a.py", symbol="four"),
        ask("get_hover", file="a.py", line=99),
        ask("get_hover", file="a.py"),
        ask("get_symbols", file="../b.py"),
        ask("get_diagnostics"),
    )
    assert [each.is_error for each in results] == [True] * 5
    for result, told in zip(
        results,
        (
            "`four` is not in the file.",
            "The file has 4 lines.",
            "Say what is meant",
            "no answer",  # it leads out of the workspace, so the user is asked
            "The editor did not answer.",
        ),
        strict=True,
    ):
        assert told in result.text


async def test_what_may_hold_secrets_is_named_and_not_shown(desk: Desk, model: Model) -> None:
    opened(desk, "a.py", SAVED)
    secret = desk.write(".env", "TOKEN=topsecret\n")
    place = FilePlace(secret, at(0))
    desk.editor.context_kinds = frozenset(CONTEXT_KINDS)
    desk.editor.knowing = lambda _: EditorContext(
        selection=Selection(place, "TOKEN=topsecret"), references=(place,)
    )
    results = await answers(
        desk, model, ask("get_selection"), ask("find_references", file="a.py", symbol="one")
    )
    for each in results:
        assert ".env:1" in each.text
        assert "topsecret" not in each.text


async def test_an_editor_that_knows_nothing_says_so_in_words(desk: Desk, model: Model) -> None:
    opened(desk, "a.py", SAVED)
    desk.editor.context_kinds = frozenset(CONTEXT_KINDS)
    results = await answers(
        desk,
        model,
        ask("get_diagnostics", file="a.py"),
        ask("get_selection"),
        ask("get_debug_state"),
        ask("find_definition", file="a.py", symbol="one"),
        ask("get_hover", file="a.py", symbol="one"),
        ask("get_symbols", file="a.py"),
    )
    assert [each.is_error for each in results] == [False] * 6
    assert results[0].text == "There are no diagnostics."
    assert results[3].text == "No definition was found."
