"""Warnings of Python's, as its `warnings` module prints them: a line, and the code it is about."""

from __future__ import annotations

import re

from claude_sidecar.debugging.lines import Reader
from claude_sidecar.debugging.model import Failure, Frame
from claude_sidecar.debugging.reading import message_of

_WARNING = re.compile(r"(.{1,500}?):(\d{1,9}): (\w*Warning): (.*)$")


def read_warning(reader: Reader, name: str) -> Failure | None:
    """The warning that stands here; None if there is none.

    :param name: of the format.
    """
    line = (reader.line or "").strip()
    matched = _WARNING.match(line)
    if matched is None:
        return None
    reader.advance()
    code = None
    if reader.line is not None and reader.line.startswith("  ") and reader.line.strip():
        code = (reader.take() or "").strip()
    frame = Frame(None, matched[1].strip(), int(matched[2]), code=code)
    return Failure(name, "warning", matched[3], message_of([matched[4]]), (frame,))
