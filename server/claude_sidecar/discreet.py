"""A log that holds no source text, no prompts and no keys, unless it is asked to tell all.

What others say in their exceptions is not ours to know beforehand: a decoder quotes what it could
not decode, a converter the value that it did not like, the network what it was answered. So of a
foreign exception the log has its type and where it arose, and its words at the level `debug` alone.
What is written is made visible, so that no name of a file writes lines of its own.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from copy import copy
from types import TracebackType
from typing import TypeAlias

from typing_extensions import override

from claude_sidecar.errors import StoreError, UnknownId, UnusableDocument
from claude_sidecar.visible import visible

PACKAGE = "claude_sidecar"
ExceptionInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]

_HARMLESS = (OSError, StoreError, UnknownId, UnusableDocument)
"""Whose words name files, ids and what the system says."""
_CHAIN_LIMIT = 5


class DiscreetFormatter(logging.Formatter):
    """Formats records so, whichever logger they come from."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """A line, and below it the traceback where there is one."""
        told = copy(record)
        told.exc_text = None
        if not _tells_all() and isinstance(told.args, tuple):
            told.args = tuple(map(_without_words, told.args))
        told.msg, told.args = visible(told.getMessage()).replace("\n", "\\n"), ()
        return super().format(told)

    @override
    def formatException(
        self, ei: ExceptionInfo | tuple[None, None, None]
    ) -> str:  # the base class's spelling
        """Where it arose, and what it was."""
        error = ei[1]
        if error is None or _tells_all():
            return visible(super().formatException(ei))
        return visible("\n".join(_told(error, _CHAIN_LIMIT)))


def _tells_all() -> bool:
    return logging.getLogger(PACKAGE).isEnabledFor(logging.DEBUG)


def _without_words(argument: object) -> object:
    if isinstance(argument, BaseException) and not isinstance(argument, _HARMLESS):
        return type(argument).__name__
    return argument


def _told(error: BaseException, limit: int) -> Iterator[str]:
    """The frames of an exception and of those that it came from, and their types."""
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None and limit:
        yield from _told(origin, limit - 1)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    words = f": {error}" if isinstance(error, _HARMLESS) else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{words}"
    for each in getattr(error, "exceptions", ()) if limit else ():
        yield from _told(each, limit - 1)
