"""`read_buffer`, `edit_buffer` and their like: files as the editor has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.documents.buffers import state_of
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.edits import Author, Editing
from claude_sidecar.sessions.editing.file_moves import FileMoves
from claude_sidecar.sessions.editing.seen import Seen, version_of
from claude_sidecar.sessions.editing.text_changes import text_change
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import Document, ToolReply
from claude_sidecar.sessions.prompts.fences import numbered, unescaped
from claude_sidecar.sessions.prompts.tools import (
    DELETE_FILE,
    EDIT_BUFFER,
    READ_BUFFER,
    READ_BUFFER_LIMIT,
    RENAME_FILE,
    check,
)
from claude_sidecar.text import LineIndex

_STATES = {
    "saved": "as saved",
    "unsaved": "with unsaved changes",
    "outdated": "older than the file on the disk, which the editor has not loaded yet",
}


@dataclass(frozen=True, slots=True)
class BufferTools:
    """The tools as one turn has them."""

    author: Author
    documents: Documents
    editing: Editing
    moves: FileMoves
    seen: Seen

    async def read(self, arguments: JsonObject) -> ToolReply:
        """Give lines of a file."""
        check(READ_BUFFER, arguments)
        document = self.documents.read(self.resolved(arguments["file"]))
        index = LineIndex(document.text)
        first = int(arguments.get("start_line") or 1) - 1
        last = min(int(arguments.get("end_line") or len(index)), first + READ_BUFFER_LIMIT)
        if first >= len(index):
            return ToolReply(f"The file has {len(index)} lines.", is_error=True)
        self.seen.show(self.author.session_id, document)
        lines = [index.line(number) for number in range(first, min(last, len(index)))]
        head = (
            f"{len(index)} lines, version {version_of(document)}, {await _state(document)}; "
            f"lines {first + 1} to {first + len(lines)}:"
        )
        return ToolReply(f"{head}\n{numbered(lines, first)}")

    async def edit(self, arguments: JsonObject) -> ToolReply:
        """Change a file's text, or make a new file."""
        check(EDIT_BUFFER, arguments)
        path = self.resolved(arguments["file"])
        change = text_change(path, arguments)
        if not change.near and self._is_new(path):
            first, *more = change.replacements
            if more:
                raise InvalidRequest("A new file takes one text: give it as `new_text`.")
            document = await self.moves.create(self.author, path, first.new)
            return ToolReply(f"Made {self.author.name(path)}, version {version_of(document)}.")
        edited = await self.editing.change(self.author, change)
        return ToolReply(f"Changed {self.author.name(path)}. {edited.note}")

    async def rename(self, arguments: JsonObject) -> ToolReply:
        """Give a file or folder another path."""
        check(RENAME_FILE, arguments)
        path, new_path = (self.resolved(arguments[name]) for name in ("file", "new_file"))
        await self.moves.rename(self.author, path, new_path)
        name, new_name = self.author.name(path), self.author.name(new_path)
        return ToolReply(f"Renamed {name} to {new_name}.")

    async def delete(self, arguments: JsonObject) -> ToolReply:
        """Delete a file."""
        check(DELETE_FILE, arguments)
        path = self.resolved(arguments["file"])
        await self.moves.delete(self.author, path)
        return ToolReply(f"Deleted {self.author.name(path)}.")

    def resolved(self, file: str) -> str:
        """The canonical path of a file in the folders that are open.

        :raises InvalidRequest: if it is outside, also through links.
        """
        workspace = self.author.workspace
        path = self._placed(file)
        if self._is_new(path) and "\\" in file:  # as the name was written to Claude
            path = self._placed(unescaped(file))
        if not self.author.holds(path):
            raise InvalidRequest(f"{file!r} is outside the workspace {workspace}.")
        return path

    def _placed(self, file: str) -> str:
        return canonical_path(Path(self.author.workspace, file)) if "\0" not in file else ""

    def _is_new(self, path: str) -> bool:
        return self.documents.editor.document(path) is None and not Path(path).exists()


async def _state(document: Document) -> str:
    if document.version is None:
        return "as saved"
    return _STATES[await anyio.to_thread.run_sync(state_of, document)]
