"""Files changed for Claude: on the text that it has read, in the editor where they are open.

An edit is refused when the text has moved on since Claude read it; it is then told the new text, so
that it can try again. A file that was saved before an edit is saved after it, where the editor
lets us; one with unsaved changes is left to the user.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread

from claude_sidecar.errors import EditRefused, StoreError, UnusableDocument
from claude_sidecar.sessions.documents.buffers import BufferState, state_of
from claude_sidecar.sessions.documents.minimal_edits import edits_between
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.replacing import TextChange
from claude_sidecar.sessions.editing.seen import Seen, version_of
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.keys import Workspaces, is_inside
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.policy.secrets import is_secret
from claude_sidecar.sessions.ports import (
    Document,
    FileEdit,
    alone,
)
from claude_sidecar.sessions.prompts.fences import escaped, fence, numbered
from claude_sidecar.sessions.rewinding.checkpoints import Checkpoints
from claude_sidecar.text import LineIndex

logger = logging.getLogger(__name__)

SHOWN_LINES = 400
"""Lines of a text that has moved on that Claude is told at once."""
_SHOWN_CHARACTERS = 40_000


@dataclass(frozen=True, slots=True)
class Author:
    """For whom files are changed.

    :param workspace: the folder whose paths are told as relative ones.
    :param folders: those that are open beside it.
    """

    session_id: str
    turn_id: str
    workspace: str
    folders: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a file is in one of the folders."""
        return any(is_inside(path, folder) for folder in (self.workspace, *self.folders))

    def key(self, path: str) -> Key:
        """What sessions about a file are found by."""
        return Workspaces((self.workspace, *self.folders)).key_of_file(path)

    def name(self, path: str) -> str:
        """A file as Claude and the user call it, on one line."""
        return escaped(path.removeprefix(self.workspace.rstrip("/") + "/"))

    def quoted(self, path: str) -> str:
        """The same between backticks, for the middle of a sentence."""
        return f"`{self.name(path)}`"


@dataclass(frozen=True, slots=True)
class Edited:
    """A file whose text was changed.

    :param state: how its buffer stands to the disk; None where it is not open.
    """

    document: Document
    old_text: str
    state: BufferState | None

    @property
    def note(self) -> str:
        """For Claude: where the change is now."""
        version = version_of(self.document)
        if self.state is None:
            return f"It is version {version} now."
        where = f"It is open in the developer's editor; its buffer is version {version} now"
        if self.state == "saved":
            return f"{where}, and saved."
        return f"{where}, and not saved: commands that you run see the older text on the disk."


class Editing:
    """Changes files, one step at a time."""

    def __init__(
        self,
        documents: Documents,
        seen: Seen,
        *,
        checkpoints: Checkpoints,
        findings: FindingService,
    ) -> None:
        self._documents = documents
        self._editor = documents.editor
        self._seen = seen
        self._checkpoints = checkpoints
        self._findings = findings
        self._lock = anyio.Lock()

    async def foresee(self, author: Author, change: TextChange) -> None:
        """Find out whether a change can be made, before anybody is asked whether it may.

        :raises EditRefused: as `change`, except for what the editor says.
        :raises UnusableDocument: if it is no text file.
        """
        document = self._documents.read(change.path)
        self._made(author, change, document, await _state(document))

    async def change(self, author: Author, change: TextChange) -> Edited:
        """Change a file's text: all of it or nothing.

        :raises EditRefused: saying why, and with the text as it is now where it has moved on.
        :raises UnusableDocument: if it is no text file.
        """
        async with self.alone(author, (change.path,)):
            document = self._documents.read(change.path)
            before = await _state(document)
            new_text = self._made(author, change, document, before)
            label = f"Claude: edit {author.name(change.path)}"
            edits = edits_between(document.text, new_text)
            edit = FileEdit(change.path, edits, document.version, label, document.text)
            problem = await self._editor.apply(alone(edit))
            if problem is not None:
                raise self._refused(author, document, problem, change.near)
            return await self._done(author, document, new_text, before)

    @asynccontextmanager
    async def alone(self, author: Author, paths: Sequence[str]) -> AsyncGenerator[None]:
        """Nothing else is changed for Claude inside the block, and what is changed there can be
        taken back with the turn. A store that fails does not hold it up.
        """
        async with self._lock, AsyncExitStack() as stack:
            recorded = self._checkpoints.changing(author.turn_id, paths, in_editor=True)
            try:
                await stack.enter_async_context(recorded)
            except StoreError:
                logger.exception("Turn %s goes on without a checkpoint", author.turn_id)
            yield

    # --- one file's text -----------------------------------------------------------------------

    def _made(
        self, author: Author, change: TextChange, document: Document, state: BufferState | None
    ) -> str:
        """The new text of a file, if the change rests on the text as it is now."""
        name = author.name(change.path)
        self._check(author, document, state, change.version, near=change.near)
        try:
            new_text = change.made_of(document.text)
        except EditRefused as error:
            raise EditRefused(f"{name}: {error} Nothing was changed.") from None
        if new_text == document.text:
            raise EditRefused(f"{name} has this text already.")
        return new_text

    def _check(
        self,
        author: Author,
        document: Document,
        state: BufferState | None,
        version: int | None,
        *,
        near: str | None,
    ) -> None:
        """Refuse what does not rest on the text as it is now."""
        name = author.name(document.path)
        if state == "outdated":
            raise EditRefused(
                f"{name} was changed on the disk, and the editor has not loaded that yet. Use Edit, "
                "which works on the disk."
            )
        if state == "unsaved" and near is None and not self._knows(author, document):
            raise self._moved(author, document, f"{name} has changes that you have not read.", near)
        if not self._seen.is_current(author.session_id, document, version):
            raise self._moved(author, document, f"{name} has changed since you read it.", near)

    def _knows(self, author: Author, document: Document) -> bool:
        return self._seen.knows(author.session_id, document.path)

    async def _done(
        self, author: Author, old: Document, new_text: str, before: BufferState | None
    ) -> Edited:
        document = self._documents.read(old.path)
        if _same(document.text, new_text):
            self._seen.edit(author.session_id, document)
        if before is None:
            await self._findings.changed_on_disk(old.path)
            return Edited(document, old.text, None)
        if before == "saved" and await self._editor.save(old.path):
            document = self._documents.read(old.path)  # saving may format
        return Edited(document, old.text, await _state(document))

    def _refused(
        self, author: Author, old: Document, problem: str, near: str | None
    ) -> EditRefused:
        name = author.name(old.path)
        try:
            now = self._documents.read(old.path)
        except UnusableDocument as error:
            return EditRefused(f"{problem} {error}")
        if now.text != old.text:
            return self._moved(author, now, f"{name}: {problem}", near)
        return EditRefused(f"{name}: {problem} Nothing was changed.")

    def _moved(
        self, author: Author, document: Document, problem: str, near: str | None
    ) -> EditRefused:
        """The refusal that lets Claude try again: with the text as it is now, unless it is one that
        is not to be read without asking.
        """
        name = author.name(document.path)
        if is_secret(document.path):
            return EditRefused(f"{problem} Nothing was changed. Read it again first.")
        self._seen.show(author.session_id, document)
        index = LineIndex(document.text)
        first, lines = _shown(index, near)
        part = "" if len(lines) == len(index) else f", lines {first + 1} to {first + len(lines)}"
        text = fence("document", numbered(lines, first), path=name)
        return EditRefused(
            f"{problem} Nothing was changed. `{name}` is version {version_of(document)} "
            f"now{part}:\n{text}"
        )


async def _state(document: Document) -> BufferState | None:
    """None for a file that is not open."""
    if document.version is None:
        return None
    return await anyio.to_thread.run_sync(state_of, document)


def _same(one: str, other: str) -> bool:
    return one.splitlines() == other.splitlines()


def _shown(index: LineIndex, near: str | None) -> tuple[int, list[str]]:
    """The lines that Claude is told: all of a short text, else those around what it looked for."""
    first, count = 0, len(index)
    if count > SHOWN_LINES or len(index.text) > _SHOWN_CHARACTERS:
        lead = next((each.strip() for each in (near or "").splitlines() if each.strip()), None)
        found = -1 if lead is None else index.text.find(lead)
        middle = index.position(max(found, 0)).line
        first, count = max(0, middle - SHOWN_LINES // 4), SHOWN_LINES // 2
    lines: list[str] = []
    room = _SHOWN_CHARACTERS
    for number in range(first, min(first + count, len(index))):
        line = index.line(number)
        room -= len(line)
        if room < 0 and lines:
            break
        lines.append(line)
    return first, lines
