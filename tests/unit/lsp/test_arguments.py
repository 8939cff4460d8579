"""Everything that is wrong with a command's argument is told at once, by name."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.arguments import read
from claude_sidecar.lsp.faults import WrongArguments
from claude_sidecar.lsp.wire.place import LAST_DOCUMENT
from claude_sidecar.lsp.wire.sessions import SessionNewArguments
from claude_sidecar.lsp.wire.turns import AskArguments, DebugArguments, ReviewArguments
from claude_sidecar.settings import SECTION
from support.arguments import argument_classes

RANGE = {"start": {"line": 1, "character": 2}, "end": {"line": 3, "character": 4}}


def test_nothing_given_leaves_every_default() -> None:
    cases: list[list[Any] | None] = [None, [], [None], [{}]]
    for arguments in cases:
        assert read(ReviewArguments, names.REVIEW, arguments) == ReviewArguments()


def test_fields_are_read_from_their_wire_names() -> None:
    raw = {"text": "Why?", "sessionId": "s", "uri": None, "range": RANGE, "fresh": True}
    read_back = read(AskArguments, names.ASK, [raw])
    assert read_back == AskArguments(
        text="Why?",
        session_id="s",
        uri=None,
        range=types.Range(types.Position(1, 2), types.Position(3, 4)),
        fresh=True,
    )


def test_an_absent_uri_is_not_a_null_one() -> None:
    assert read(SessionNewArguments, names.SESSION_NEW, [{}]).uri is LAST_DOCUMENT
    assert read(SessionNewArguments, names.SESSION_NEW, [{"uri": None}]).uri is None


def test_null_counts_as_absent_elsewhere() -> None:
    read_back = read(ReviewArguments, names.REVIEW, [{"focus": None, "fresh": None}])
    assert read_back == ReviewArguments()
    with pytest.raises(WrongArguments, match="`text` is required"):
        read(AskArguments, names.ASK, [{"text": None}])


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            {"focs": "x"},
            "`focs` is unknown (there is: uri, range, focus, fresh, reviewers, verify, confirmed)",
        ),
        ({"uri": 3}, "`uri` must be a string"),
        ({"fresh": "yes"}, "`fresh` must be true or false"),
        ({"reviewers": "security"}, "`reviewers` must be a list of names"),
        ({"reviewers": ["security", 3]}, "item 1 must be a string"),
        ({"range": [1, 2]}, "`range` must be a range"),
        ({"range": {**RANGE, "start": {"line": -1, "character": 0}}}, "`range` must be a range"),
        (
            {"range": {"start": RANGE["end"], "end": RANGE["start"]}},
            "must not end before it starts",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(raw: Any, told: str) -> None:
    with pytest.raises(WrongArguments) as wrong:
        read(ReviewArguments, names.REVIEW, [raw])
    assert told in str(wrong.value)
    assert wrong.value.fields == tuple(raw)


@pytest.mark.parametrize("arguments", [["text"], [[]], [{}, {}], [3]])
def test_anything_but_one_object_is_refused(arguments: list[Any]) -> None:
    with pytest.raises(WrongArguments, match=names.REVIEW):
        read(ReviewArguments, names.REVIEW, arguments)


def test_diagnostics_are_read_as_lsp_has_them() -> None:
    raw = {"range": RANGE, "message": "unused", "severity": 2, "source": "ruff", "code": "F401"}
    read_back = read(DebugArguments, names.DEBUG, [{"diagnostics": [raw]}])
    (diagnostic,) = read_back.diagnostics
    assert (diagnostic.message, diagnostic.code) == ("unused", "F401")
    with pytest.raises(WrongArguments, match="`diagnostics`"):
        read(DebugArguments, names.DEBUG, [{"diagnostics": [{"message": "unused"}]}])


def test_every_command_has_one_class_of_arguments() -> None:
    expected = [
        "".join(
            part[0].upper() + part[1:] for part in command.removeprefix(f"{SECTION}.").split(".")
        )
        + "Arguments"
        for command in names.COMMANDS
    ]
    assert sorted(argument_classes()) == sorted(expected)
