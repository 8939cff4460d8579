"""Claude Code's own tools know the disk alone: what is open in the editor is looked after here.

`Read` of a file with unsaved changes is answered from its buffer. `Edit` and `Write` of a file that
is open are carried out by the editor, as versioned edits, and refused where it does not let us. What
searched or ran on older text, or changed an open file behind the editor's back, is remarked on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio.to_thread

from claude_sidecar.errors import EditRefused, SidecarError
from claude_sidecar.sessions.buffers import BufferState, state_of
from claude_sidecar.sessions.documents import stamp_of
from claude_sidecar.sessions.editing import Author, Editing
from claude_sidecar.sessions.fences import code_span
from claude_sidecar.sessions.keys import canonical_path, is_inside
from claude_sidecar.sessions.policy import Verdict, sort_of
from claude_sidecar.sessions.ports import (
    Allow,
    Ask,
    Defer,
    Deny,
    Document,
    Done,
    Editor,
    Excerpt,
    FileStamp,
    ToolUse,
    UsedTool,
)
from claude_sidecar.sessions.replacing import Replacement
from claude_sidecar.sessions.seen import Seen, version_of
from claude_sidecar.text import LineIndex

READ: Final = "Read"
READ_LINES: Final = 2_000
"""Lines that `Read` gives where it is not told how many, as Claude Code's own does."""
_READ_CHARACTERS = 100_000
_TURNED: Final = frozenset({"Edit", "Write"})
_REFUSED: Final = frozenset({"MultiEdit", "NotebookEdit"})
"""These are not known well enough to be carried out by somebody else; `edit_buffer` can do it."""
_NAMED = 20


@dataclass(slots=True)
class EditorFirst:
    """Looks after the uses of tools in one turn."""

    editor: Editor
    editing: Editing
    seen: Seen
    author: Author
    _stamps: dict[str, dict[str, FileStamp | None]] = field(
        default_factory=dict[str, dict[str, "FileStamp | None"]]
    )
    _told_unsaved: frozenset[str] = frozenset()

    async def judged(self, use: ToolUse, verdict: Verdict) -> Verdict | Done:
        """What becomes of a use that the policy has judged."""
        if isinstance(verdict, Deny):
            return verdict
        if sort_of(use.name, use.input) == "run":
            opened = self.editor.open_documents()
            self._stamps[use.id] = {each.path: stamp_of(each.path) for each in opened}
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
                return Ask()
            case Ask():
                return verdict

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
        return _excerpt(document, use) if state == "unsaved" else None

    async def remark(self, used: Sequence[UsedTool]) -> str | None:
        """What Claude is to know of the tools that it has used."""
        documents = [
            each
            for each in self.editor.open_documents()
            if is_inside(each.path, self.author.workspace)
        ]
        states: dict[str, BufferState] = {each.path: await _state(each) for each in documents}
        unsaved = [each for each in documents if states[each.path] == "unsaved"]
        remarks: list[str] = []
        for each in used:
            sort = sort_of(each.use.name, each.use.input)
            if sort == "run":
                remarks += self._ran(each.use, documents, states, unsaved)
            elif each.use.name == "Grep":
                remarks += self._searched(each.use, unsaved)
            elif each.use.name in _TURNED and each.answer.startswith("<tool_use_error>"):
                remarks += self._missed(each.use, unsaved)
            elif each.use.name == READ:
                remarks += self._reread(each.use, unsaved)
        return "\n".join(dict.fromkeys(remarks)) or None

    # --- edits ---------------------------------------------------------------------------------

    def _document(self, use: ToolUse) -> Document | None:
        """The open document that a use of a tool is about, of those that are looked after here."""
        if use.name not in _TURNED | _REFUSED | {READ}:
            return None
        given = use.input.get("notebook_path") or use.input.get("file_path")
        if not isinstance(given, str) or "\0" in given:
            return None
        path = Path(self.author.workspace, Path(given).expanduser())
        return self.editor.document(canonical_path(path))

    async def _stance(self, use: ToolUse, document: Document) -> Deny | bool:
        """Whether the editor carries out an edit, or why nobody does; False leaves it to the tool."""
        state = await _state(document)
        name = code_span(self.author.name(document.path))
        if use.name in _REFUSED:
            return Deny(f"{name} is open in the developer's editor. {self._instead(document)}")
        if self.editor.changes_buffers:
            return state != "outdated"
        if state == "unsaved":
            return Deny(
                f"{name} has changes in the editor that are not saved, and the editor does not let "
                "anybody else change it. Ask the developer to save it first."
            )
        return False

    async def _carried_out(self, use: ToolUse, path: str) -> Done | Deny:
        given = use.input
        try:
            if use.name == "Write":
                content = str(given.get("content", ""))
                edited = await self.editing.overwrite(self.author, path, content)
            else:
                replacement = Replacement(
                    str(given.get("old_string", "")),
                    str(given.get("new_string", "")),
                    everywhere=given.get("replace_all") is True,
                )
                edited = await self.editing.replace(self.author, path, [replacement])
        except EditRefused as error:
            return Deny(str(error))
        except SidecarError as error:
            return Deny(f"{error} Nothing was changed.")
        return Done(edited.note, edited.old_text)

    def _instead(self, document: Document) -> str:
        return (
            f"Use mcp__sidecar__edit_buffer, with version {version_of(document)} if that is what "
            "you have read, else after mcp__sidecar__read_buffer."
        )

    # --- reading -------------------------------------------------------------------------------

    def _only_in_editor(self, document: Document) -> Deny:
        name = code_span(self.author.name(document.path))
        return Deny(f"{name} is in the editor only, not saved yet: use mcp__sidecar__read_buffer.")

    def _reread(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        document = self._document(use)
        if document is None or document not in unsaved:
            return []
        return [
            f"{code_span(self.author.name(document.path))} has changes in the developer's editor "
            f"that are not saved; this is its text there, version {version_of(document)} of "
            f"{len(LineIndex(document.text))} lines. Change it with "
            "mcp__sidecar__edit_buffer: Edit compares with the older text on the disk."
        ]

    # --- what is remarked on -------------------------------------------------------------------

    def _searched(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        given = use.input.get("path")
        base = canonical_path(Path(self.author.workspace, given if isinstance(given, str) else ""))
        stale = [each.path for each in unsaved if each.path == base or is_inside(each.path, base)]
        if not stale:
            return []
        return [
            "Grep has searched the files on the disk. These have changes in the developer's editor "
            f"that are not saved, and may match otherwise there: {self._names(stale)}. See "
            "mcp__sidecar__read_buffer."
        ]

    def _missed(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        document = self._document(use)
        if document is None or document not in unsaved:
            return []
        name = code_span(self.author.name(document.path))
        return [
            f"{name} has changes in the developer's editor that are not saved; {use.name} compared "
            f"with the older text on the disk. {self._instead(document)}"
        ]

    def _ran(
        self,
        use: ToolUse,
        documents: Sequence[Document],
        states: Mapping[str, BufferState],
        unsaved: Sequence[Document],
    ) -> list[str]:
        before = self._stamps.pop(use.id, {})
        changed = [
            each.path
            for each in documents
            if each.path in before and stamp_of(each.path) != before[each.path]
        ]
        clashing = [path for path in changed if states[path] == "unsaved"]
        followed = [path for path in changed if states[path] != "unsaved"]
        remarks: list[str] = []
        if clashing:
            remarks.append(
                f"While the command ran, {self._names(clashing)} changed on the disk, and has other "
                "changes in the developer's editor that are not saved: the two differ now. Tell "
                "the developer, who has to decide, and do not overwrite either."
            )
        if followed:
            remarks.append(
                f"While the command ran, {self._names(followed)} changed on the disk. It is open "
                "in the developer's editor without other changes; read it again before you edit it."
            )
        elsewhere = frozenset(each.path for each in unsaved) - set(clashing)
        if elsewhere - self._told_unsaved:
            remarks.append(
                "Commands see the files on the disk. These have changes in the developer's editor "
                f"that are not saved: {self._names(sorted(elsewhere))}."
            )
        self._told_unsaved = elsewhere
        return remarks

    def _names(self, paths: Sequence[str]) -> str:
        shown = ", ".join(code_span(self.author.name(path)) for path in paths[:_NAMED])
        more = len(paths) - _NAMED
        return f"{shown} and {more} more" if more > 0 else shown


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
