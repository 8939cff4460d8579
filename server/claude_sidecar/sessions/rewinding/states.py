"""Files at one moment, to be put back later or compared: as the disk has them, or the editor.

A fingerprint is of the text without a byte order mark, since an editor's buffer has none, so that
a buffer and the file it was saved to are the same.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from claude_sidecar.sessions.ports import Document, FileState

KEPT_LIMIT = 8 * 1024 * 1024
"""Bytes of a file that are kept to be put back."""
ABSENT = "-"
"""The fingerprint of a file that is not there."""
UNREADABLE = "?"
"""The fingerprint of what cannot be read: nothing is known of it."""
_MARK = b"\xef\xbb\xbf"


def on_disk(path: str) -> FileState:
    """A file as the disk has it."""
    file = Path(path)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return FileState(None, None, UNREADABLE, "it is no regular file")
        if status.st_size > KEPT_LIMIT:
            print_ = f"{status.st_size}:{status.st_mtime_ns}"
            return FileState(None, None, print_, f"it is larger than {KEPT_LIMIT // 2**20} MB")
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return FileState(None, None, ABSENT)
    except OSError as error:
        return FileState(None, None, UNREADABLE, f"it cannot be read ({error.strerror or error})")
    return FileState(content, stat.S_IMODE(status.st_mode), fingerprint(content))


def in_buffer(document: Document) -> FileState:
    """A file as the editor has it."""
    content = document.text.encode("utf-8", "surrogatepass")
    return FileState(content, None, fingerprint(content))


def fingerprint(content: bytes) -> str:
    """What tells a content from others."""
    return hashlib.sha256(content.removeprefix(_MARK)).hexdigest()


def text_of(state: FileState) -> str | None:
    """A content as an editor's buffer has it; None where it is no text."""
    try:
        return (state.content or b"").removeprefix(_MARK).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def put_on_disk(path: str, state: FileState) -> None:
    """Make a file what it was: whole or not at all, by a new file in the old one's place.

    :raises OSError: if it cannot be written or removed.
    """
    file = Path(path)
    if state.content is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = state.mode
    if mode is None:
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
    handle, made = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(state.content)
        if mode is not None:
            Path(made).chmod(mode)
        Path(made).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(made).unlink()
        raise
