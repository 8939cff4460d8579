"""Where a command is about: a document, the workspace, or where the user is."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from claude_sidecar.lsp.arguments import optional, words


class LastDocument:
    """`uri` was not given: the document that the user last worked in is meant."""


LAST_DOCUMENT: Final = LastDocument()
Place: TypeAlias = str | LastDocument | None
"""A URI, None for the workspace, or the document last worked in."""


def place() -> Any:
    """A field for one, `LAST_DOCUMENT` where it is not given."""
    return optional(words, LAST_DOCUMENT, nullable=True)
