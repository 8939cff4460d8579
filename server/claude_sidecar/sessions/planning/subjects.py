"""What a plan is about: a file as it is now, whether it is to be shown, and how it is called."""

from __future__ import annotations

from claude_sidecar.sessions.documents.reading import Documents, check_range, document_hash
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.planning.plans import Known
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.prompts.material import SHOWN_DOCUMENT_LIMIT
from claude_sidecar.text import Range


def readable(documents: Documents, key: Key, range_: Range | None) -> Document | None:
    """The file's text; None for the workspace itself.

    :raises UnusableDocument: if it cannot be worked on.
    :raises InvalidRequest: if the range is not in it.
    """
    if key.file is None:
        return None
    document = documents.read(key.path)
    check_range(document, range_)
    return document


def is_news(document: Document | None, range_: Range | None, known: Known) -> bool:
    """Whether a document is to be shown: it fits, and was not shown as it is now."""
    return if_shown(document, range_) is not None and known.shown != hash_of(document)


def if_shown(document: Document | None, range_: Range | None) -> Document | None:
    """The document where it fits, or a part of it is meant."""
    fits = document is not None and len(document.text) <= SHOWN_DOCUMENT_LIMIT
    return document if fits or range_ is not None else None


def hash_of(document: Document | None) -> str | None:
    """By which it is known that a document was shown."""
    return None if document is None else document_hash(document)


def path_of(key: Key) -> str | None:
    """The file's path; None for the workspace itself."""
    return None if key.file is None else key.path


def described(key: Key, range_: Range | None) -> str:
    """The file and its part in words, as the journal shows them."""
    if key.file is None:
        return "the workspace"
    if range_ is None:
        return key.file
    return f"{key.file}, lines {range_.start.line + 1} to {range_.end.line + 1}"
