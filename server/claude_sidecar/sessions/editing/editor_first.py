"""Claude Code's own tools know the disk alone: what is open in the editor is looked after here.

`Read` of a file with unsaved changes is answered from its buffer. `Edit` and `Write` of a file that
is open are carried out by the editor, as versioned edits, and refused where it does not let us.
What searches or runs on older text is remarked on, see `remarks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio.to_thread

from claude_sidecar.errors import EditRefused, InvalidRequest, SidecarError, UnusableDocument
from claude_sidecar.sessions.documents.buffers import BufferState, state_of
from claude_sidecar.sessions.editing.edits import Author, Editing
from claude_sidecar.sessions.editing.remarks import (
    READ,
    REFUSED,
    TURNED,
    Remarks,
    instead_of,
    path_of,
)
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.editing.text_changes import EDIT_BUFFER_TOOL, text_change_of
from claude_sidecar.sessions.policy import Verdict
from claude_sidecar.sessions.ports import (
    Allow,
    Ask,
    Defer,
    Deny,
    Document,
    Done,
    Editor,
    Excerpt,
    ToolUse,
)
from claude_sidecar.text import LineIndex

READ_LINES: Final = 2_000
"""Lines that `Read` gives where it is not told how many, as Claude Code's own does."""
_READ_CHARACTERS = 100_000
_FURTHER: Final = (
    "Change it further with mcp__sidecar__edit_buffer: Edit compares with the text on the disk."
)


@dataclass(slots=True)
class EditorFirst:
    """Looks after the uses of tools in one turn."""

    editor: Editor
    editing: Editing
    seen: Seen
    author: Author
    remarks: Remarks

    async def judged(self, use: ToolUse, verdict: Verdict) -> Verdict | Done:
        """What becomes of a use that the policy has judged."""
        if isinstance(verdict, Deny):
            return verdict
        self.remarks.begins(use)
        if use.name == EDIT_BUFFER_TOOL and not isinstance(verdict, Allow):
            path = path_of(use, self.author.workspace)
            return verdict if path is None else await self._foreseen(use, path, verdict)
        document = self._document(use)
        if document is None:
            return verdict
        if use.name == READ:
            return verdict if _is_file(document) else self._only_in_editor(document)
        stance = await self._stance(use, document)
        if isinstance(stance, Deny):
            return stance
        if not stance:
            return verdict
        match verdict:
            case Allow():
                return await self._carried_out(use, document.path)
            case Defer():  # Claude Code's own rules may let it through to the disk
                return await self._foreseen(use, document.path, Ask())
            case Ask():
                return await self._foreseen(use, document.path, verdict)

    async def permitted(self, use: ToolUse) -> Done | Deny | None:
        """The user has agreed to a use: carry it out, if that is for the editor to do."""
        document = self._document(use)
        if document is None or use.name == READ:
            return None
        stance = await self._stance(use, document)
        if isinstance(stance, Deny):
            return stance
        return await self._carried_out(use, document.path) if stance else None

    async def reread(self, use: ToolUse) -> Excerpt | None:
        """The buffer's lines for those that `Read` gave, where they may be others."""
        document = self._document(use)
        if document is None:
            return None
        state = await _state(document)
        if state == "outdated":
            self.seen.forget(self.author.session_id, document.path)
            return None
        self.seen.show(self.author.session_id, document)
        if state == "saved":
            return None
        self.remarks.reread(use)
        return _excerpt(document, use)

    # --- edits ---------------------------------------------------------------------------------

    def _document(self, use: ToolUse) -> Document | None:
        """The open document that a use of a tool is about, of those that are looked after here."""
        if use.name not in TURNED | REFUSED | {READ}:
            return None
        path = path_of(use, self.author.workspace)
        return None if path is None else self.editor.document(path)

    async def _stance(self, use: ToolUse, document: Document) -> Deny | bool:
        """Whether the editor carries out an edit, or why nobody does; False leaves it to the tool."""
        state = await _state(document)
        name = self.author.quoted(document.path)
        if use.name in REFUSED:
            return Deny(f"{name} is open in the developer's editor. {instead_of(document)}")
        if self.editor.changes_buffers:
            return state != "outdated"
        if state == "unsaved":
            return Deny(
                f"{name} has changes in the editor that are not saved, and the editor does not let "
                "anybody else change it. Ask the developer to save it first."
            )
        return False

    async def _carried_out(self, use: ToolUse, path: str) -> Done | Deny:
        try:
            change = text_change_of(use, path)
            if change is None:
                raise InvalidRequest(f"{use.name} is not carried out in the editor.")
            edited = await self.editing.change(self.author, change)
        except EditRefused as error:
            return Deny(str(error))
        except SidecarError as error:
            return Deny(f"{error} Nothing was changed.")
        note = edited.note
        if edited.state != "saved":
            note = f"{note} {_FURTHER}"
        return Done(note, edited.old_text)

    async def _foreseen(self, use: ToolUse, path: str, verdict: Verdict) -> Verdict:
        """The user is not asked about an edit that cannot be made. But where a file is guarded, the
        user goes first: why an edit cannot be made may tell what is in it.
        """
        if isinstance(verdict, Ask) and verdict.reason is not None:
            return verdict
        try:
            change = text_change_of(use, path)
            if change is not None:
                await self.editing.foresee(self.author, change)
        except UnusableDocument:
            return verdict  # it may be made new; else the tool tells
        except SidecarError as error:
            return Deny(str(error))
        return verdict

    # --- reading -------------------------------------------------------------------------------

    def _only_in_editor(self, document: Document) -> Deny:
        name = self.author.quoted(document.path)
        return Deny(f"{name} is in the editor only, not saved yet: use mcp__sidecar__read_buffer.")


def _is_file(document: Document) -> bool:
    return Path(document.path).is_file()


async def _state(document: Document) -> BufferState:
    return await anyio.to_thread.run_sync(state_of, document)


def _excerpt(document: Document, use: ToolUse) -> Excerpt:
    index = LineIndex(document.text)
    first = max(_number(use.input.get("offset"), 1) - 1, 0)
    count = max(_number(use.input.get("limit"), READ_LINES), 1)
    lines: list[str] = []
    room = _READ_CHARACTERS
    for number in range(first, min(first + count, len(index))):
        line = index.line(number)
        room -= len(line) + 1
        if room < 0 and lines:
            break
        lines.append(line)
    return Excerpt(tuple(lines), first, len(index))


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
