"""What Claude is told of tools that it has used, where they could not know what the editor shows.

`Grep` and commands see the disk, and so does Claude Code when it refuses an `Edit`. And a command may
change a file that is open, behind the editor's back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio.to_thread

from claude_sidecar.sessions.documents.buffers import BufferState, state_of
from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.sessions.editing.edits import Author
from claude_sidecar.sessions.editing.seen import version_of
from claude_sidecar.sessions.keys import is_inside
from claude_sidecar.sessions.policy import Confinement, sort_of
from claude_sidecar.sessions.policy.tools import paths_of
from claude_sidecar.sessions.ports import Document, Editor, FileStamp, ToolUse, UsedTool
from claude_sidecar.text import LineIndex

READ: Final = "Read"
TURNED: Final = frozenset({"Edit", "Write"})
"""These are carried out by the editor for a file that is open."""
REFUSED: Final = frozenset({"MultiEdit", "NotebookEdit"})
"""These are not known well enough to be carried out by somebody else; `edit_buffer` can do it."""
_NOT_DONE: Final = "<tool_use_error>"
"""How Claude Code's own refusals begin."""
_NAMED = 20


@dataclass(slots=True)
class Remarks:
    """Makes the remarks of one turn."""

    editor: Editor
    author: Author
    _stamps: dict[str, Mapping[str, FileStamp | None]] = field(
        default_factory=dict[str, "Mapping[str, FileStamp | None]"]
    )
    _reread: set[str] = field(default_factory=set[str])
    _told_unsaved: frozenset[str] = frozenset()

    def begins(self, use: ToolUse) -> None:
        """A tool is about to be used."""
        if sort_of(use.name, use.input) == "run":
            opened = self.editor.open_documents()
            self._stamps[use.id] = {each.path: stamp_of(each.path) for each in opened}

    def reread(self, use: ToolUse) -> None:
        """What a tool has read was shown as the editor has it."""
        self._reread.add(use.id)

    async def on(self, used: Sequence[UsedTool]) -> str | None:
        """Tools were used, together: what there is to be told of them."""
        if not any(map(_matters, used)):
            return None
        opened = self.editor.open_documents()
        documents = [each for each in opened if self.author.holds(each.path)]
        states: dict[str, BufferState] = {
            each.path: await anyio.to_thread.run_sync(state_of, each) for each in documents
        }
        unsaved = [each for each in documents if states[each.path] == "unsaved"]
        remarks: list[str] = []
        for each in used:
            if sort_of(each.use.name, each.use.input) == "run":
                remarks += self._ran(each.use, states)
            elif each.use.name == "Grep":
                remarks += self._searched(each.use, unsaved)
            elif each.use.name in TURNED and each.answer.startswith(_NOT_DONE):
                remarks += self._missed(each.use, unsaved)
            elif each.use.id in self._reread:
                remarks += self._read(each.use, unsaved)
        return "\n".join(dict.fromkeys(remarks)) or None

    def _read(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        return [
            f"{self.author.quoted(each.path)} has changes in the developer's editor that "
            f"are not saved; this is its text there, version {version_of(each)} of "
            f"{len(LineIndex(each.text))} lines. Change it with mcp__sidecar__edit_buffer: Edit "
            "compares with the older text on the disk."
            for each in self._of(use, unsaved)
        ]

    def _missed(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        return [
            f"{self.author.quoted(each.path)} has changes in the developer's editor that "
            f"are not saved; {use.name} compared with the older text on the disk. "
            f"{instead_of(each)}"
            for each in self._of(use, unsaved)
        ]

    def _searched(self, use: ToolUse, unsaved: Sequence[Document]) -> list[str]:
        base = path_of(use, self.author.workspace) or self.author.workspace
        stale = [each.path for each in unsaved if each.path == base or is_inside(each.path, base)]
        if not stale:
            return []
        return [
            "Grep has searched the files on the disk. These have changes in the developer's editor "
            f"that are not saved, and may match otherwise there: {self._names(stale)}. See "
            "mcp__sidecar__read_buffer."
        ]

    def _ran(self, use: ToolUse, states: Mapping[str, BufferState]) -> list[str]:
        before = self._stamps.pop(use.id, {})
        changed = [path for path in states if path in before and stamp_of(path) != before[path]]
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
        unsaved = frozenset(path for path, state in states.items() if state == "unsaved")
        elsewhere = unsaved.difference(clashing)
        if elsewhere - self._told_unsaved:
            remarks.append(
                "Commands see the files on the disk. These have changes in the developer's editor "
                f"that are not saved: {self._names(sorted(elsewhere))}."
            )
        self._told_unsaved = elsewhere
        return remarks

    def _of(self, use: ToolUse, documents: Sequence[Document]) -> list[Document]:
        path = path_of(use, self.author.workspace)
        return [each for each in documents if each.path == path]

    def _names(self, paths: Sequence[str]) -> str:
        shown = ", ".join(self.author.quoted(path) for path in paths[:_NAMED])
        more = len(paths) - _NAMED
        return f"{shown} and {more} more" if more > 0 else shown


def _matters(used: UsedTool) -> bool:
    """Whether there can be anything to say of it."""
    name = used.use.name
    known = name in {READ, "Grep"} or (name in TURNED and used.answer.startswith(_NOT_DONE))
    return known or sort_of(name, used.use.input) == "run"


def path_of(use: ToolUse, workspace: str) -> str | None:
    """The canonical path that a tool is used on; None where it names none."""
    given = next(iter(paths_of(use.input).values()), None)
    return None if given is None else Confinement(workspace).resolve(given)


def instead_of(document: Document) -> str:
    """What to do with a file that is open instead of what was done."""
    return (
        f"Use mcp__sidecar__edit_buffer, with version {version_of(document)} if that is what you "
        "have read, else after mcp__sidecar__read_buffer."
    )
