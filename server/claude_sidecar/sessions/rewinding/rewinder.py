"""Files put back as they were before a turn: those that Claude changed in it and since, no others.

Where a file is neither as Claude left it nor as it was before, somebody else has changed it since:
that is for the user to decide. A file that is open in the editor is changed there, by an edit that
can be undone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import anyio.to_thread

from claude_sidecar.sessions.ports import (
    Checkpoint,
    Document,
    Editor,
    FileDeletion,
    FileEdit,
    FileState,
    Store,
    WorkspaceChange,
)
from claude_sidecar.sessions.prompts.retries import rewound_notice
from claude_sidecar.sessions.rewinding import states
from claude_sidecar.text import LineIndex, minimal_edit

_LABEL = "Rewind Claude's changes"


@dataclass(frozen=True, slots=True)
class Restoration:
    """One file that is not as it was.

    :param before: what it was, and is to be again.
    :param changed_since: by somebody else than Claude, after Claude had changed it.
    """

    path: str
    before: FileState
    changed_since: bool


@dataclass(frozen=True, slots=True)
class Unrestored:
    """A file that stays as it is, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rewind:
    """What it takes to go back to before a turn.

    :param last_turn_id: the last turn that is taken back.
    :param files: those that are to be put back, in the order in which Claude came to them.
    :param lost: those that cannot be, because what they were is not kept.
    """

    turn_id: str
    last_turn_id: str
    files: tuple[Restoration, ...] = ()
    lost: tuple[Unrestored, ...] = ()

    @property
    def changed_since(self) -> tuple[str, ...]:
        """The paths of files that somebody else has changed since."""
        return tuple(each.path for each in self.files if each.changed_since)


@dataclass(frozen=True, slots=True)
class Rewound:
    """What was done: the paths of files that are as they were, and those that are not."""

    restored: tuple[str, ...] = ()
    unrestored: tuple[Unrestored, ...] = ()


Consent = Callable[[Rewind], Awaitable[bool]]
"""Asks whether files that were changed since are to be put back too; no answer is a no."""


@dataclass(slots=True)
class _History:
    """All checkpoints of one file, the earliest first."""

    checkpoints: list[Checkpoint] = field(default_factory=list[Checkpoint])

    @property
    def known(self) -> set[str]:
        """What it was and became by Claude's doing."""
        befores = {each.before.fingerprint for each in self.checkpoints}
        return befores | {each.after for each in self.checkpoints if each.after is not None}


class Rewinder:
    """Takes turns back, as far as files are concerned."""

    def __init__(self, store: Store, editor: Editor) -> None:
        self._store = store
        self._editor = editor

    async def plan(self, turn_id: str) -> Rewind:
        """What differs from before a turn, by Claude's doing in it and in the turns since."""
        histories: dict[str, _History] = {}
        last = turn_id
        for checkpoint in await self._store.checkpoints(turn_id):
            last = checkpoint.turn_id
            histories.setdefault(checkpoint.path, _History()).checkpoints.append(checkpoint)
        files: list[Restoration] = []
        lost: list[Unrestored] = []
        for path, history in histories.items():
            before = history.checkpoints[0].before
            buffer, disk = self._editor.document(path), await _on_disk(path)
            if _is(before, buffer, disk):
                continue
            if before.unkept is not None:
                lost.append(Unrestored(path, f"What it was is not kept: {before.unkept}."))
            else:
                since = not _is_known(history.known, buffer, disk)
                files.append(Restoration(path, before, changed_since=since))
        return Rewind(turn_id, last, tuple(files), tuple(lost))

    async def carry_out(self, rewind: Rewind) -> Rewound:
        """Put all of the files back."""
        restored: list[str] = []
        unrestored = list(rewind.lost)
        for each in rewind.files:
            problem = await self._put_back(each)
            if problem is None:
                restored.append(each.path)
            else:
                unrestored.append(Unrestored(each.path, problem))
        await self._note(rewind, restored)
        return Rewound(tuple(restored), tuple(unrestored))

    async def _note(self, rewind: Rewind, restored: Sequence[str]) -> None:
        """Claude remembers what it changed: its next prompt tells it that this holds no more."""
        turn = await self._store.turn(rewind.turn_id)
        last = await self._store.turn(rewind.last_turn_id)
        session = None if last is None else await self._store.session(last.session_id)
        if turn is None or session is None or not restored:
            return
        notice = rewound_notice(turn, session.key.workspace, restored)
        await self._store.update_session(session.id, notice=f"{session.notice}\n\n{notice}")

    async def _put_back(self, file: Restoration) -> str | None:
        """None once it is done, else why it was not."""
        document = self._editor.document(file.path)
        change: FileEdit | FileDeletion | None = None
        if document is not None and file.before.content is not None:
            text = states.text_of(file.before)
            if text is None:
                return "It was no text, and is open in the editor: close it first."
            if document.text != text:
                change = _edit(document, text)
        elif document is not None:
            change = FileDeletion(file.path)
        if change is not None:
            return await self._editor.apply(WorkspaceChange((change,), _LABEL))
        try:
            await anyio.to_thread.run_sync(states.put_on_disk, file.path, file.before)
        except OSError as error:
            return f"It cannot be written: {error.strerror or error}."
        return None


def refused(rewind: Rewind) -> Rewound:
    """Nothing is put back, because the user did not agree."""
    unrestored = [
        Unrestored(
            each.path,
            "It was changed since, and nobody agreed to lose that."
            if each.changed_since
            else "It was left as it is, together with those that were changed since.",
        )
        for each in rewind.files
    ]
    return Rewound(unrestored=(*rewind.lost, *unrestored))


def _edit(document: Document, text: str) -> FileEdit:
    index = LineIndex(document.text)
    everything = index.range_between(0, len(document.text))
    edit = minimal_edit(index, everything, text)
    return FileEdit(document.path, (edit,), document.version, _LABEL)


async def _on_disk(path: str) -> FileState:
    return await anyio.to_thread.run_sync(states.on_disk, path)


def _is(before: FileState, buffer: Document | None, disk: FileState) -> bool:
    """Whether a file is as it was, wherever the user may see it."""
    if before.fingerprint == states.ABSENT:
        return disk.fingerprint == states.ABSENT
    if buffer is not None and states.in_buffer(buffer).fingerprint != before.fingerprint:
        return False
    if buffer is not None and buffer.dirty:
        return True  # it is saved when the user wants it to be
    return disk.fingerprint == before.fingerprint


def _is_known(known: set[str], buffer: Document | None, disk: FileState) -> bool:
    """Whether nobody but Claude has changed a file: what the editor has, and what the disk has."""
    if buffer is not None and states.in_buffer(buffer).fingerprint in known:
        return True
    unsaved = buffer is not None and buffer.dirty
    return not unsaved and disk.fingerprint in known


def describe(paths: Sequence[str], limit: int = 5) -> str:
    """Some paths, in words."""
    shown = ", ".join(paths[:limit])
    return f"{shown} and {len(paths) - limit} more" if len(paths) > limit else shown
