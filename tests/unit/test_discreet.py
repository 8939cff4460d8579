"""The log says where something went wrong, and nothing of what was in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from claude_sidecar.discreet import PACKAGE, DiscreetFormatter
from claude_sidecar.errors import UnusableDocument

CANARY = "canary-4711"


def nested() -> None:
    try:
        json.loads(f'{{"{CANARY}')
    except ValueError as error:
        raise KeyError(CANARY) from error


def logged(level: int, failing: Callable[[], object], *, as_argument: bool) -> str:
    logger = logging.getLogger(PACKAGE)
    logger.setLevel(level)
    try:
        failing()
    except Exception as error:  # noqa: BLE001 - whatever it is
        info = (type(error), error, error.__traceback__)
        arguments = (error,) if as_argument else ("x",)
        record = logging.LogRecord(
            PACKAGE, logging.ERROR, __file__, 1, "It broke: %s", arguments, info
        )
        return DiscreetFormatter("%(levelname)s %(message)s").format(record)
    finally:
        logger.setLevel(logging.NOTSET)
    raise AssertionError


def undecodable() -> None:
    CANARY.encode().join([b"\xff"] * 2).decode("utf-8")


@pytest.mark.parametrize("as_argument", [False, True])
@pytest.mark.parametrize("failing", [nested, undecodable])
def test_foreign_words_are_told_at_debug_alone(
    failing: Callable[[], object], as_argument: bool
) -> None:
    told = logged(logging.INFO, failing, as_argument=as_argument)
    assert CANARY not in told
    assert f"in {failing.__name__}" in told
    assert "Error" in told
    assert CANARY in logged(logging.DEBUG, failing, as_argument=as_argument) or (
        failing is undecodable
    )


def test_what_names_a_file_is_told() -> None:
    def failing() -> None:
        raise UnusableDocument("/w/a.py", "is a folder.")

    assert "/w/a.py: is a folder." in logged(logging.INFO, failing, as_argument=True)


def test_a_name_writes_no_line_of_its_own_and_nothing_is_obeyed() -> None:
    record = logging.LogRecord(
        PACKAGE, logging.INFO, __file__, 1, "%s", ("a\nERROR forged\x1b[2J\u202e",), None
    )
    told = DiscreetFormatter("%(levelname)s %(message)s").format(record)
    assert told == "INFO a\\nERROR forged\\x1b[2J\\u202e"
