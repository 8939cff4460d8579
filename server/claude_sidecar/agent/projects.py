"""Where Claude Code keeps its transcripts: a folder for each working folder, a file for each session.

`CONFIG/projects/PROJECT/SESSION.jsonl`, and what subagents wrote below
`CONFIG/projects/PROJECT/SESSION/subagents/`. To find them takes no SDK, whose import is slow.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from claude_sidecar.sessions.ports import AgentOptions, TranscriptFile, TranscriptKey

SUFFIX = ".jsonl"
_NAME_LIMIT = 200
_SUBAGENTS = "subagents"
_SESSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_session_id(name: str) -> bool:
    """Whether it can be one: anything else is kept away from paths."""
    return _SESSION_ID.fullmatch(name) is not None


class Projects:
    """The transcripts that Claude Code would find with the options given."""

    def __init__(self, options: AgentOptions) -> None:
        self.root = config_folder(dict(options.env)) / "projects"
        self.project = project_name(options.cwd)

    @property
    def folder(self) -> Path:
        """Where the sessions of the options' working folder are."""
        return self.root / self.project

    def path(self, key: TranscriptKey) -> Path:
        """The file of a transcript."""
        name = f"{key.session_id}/{key.part}" if key.part else key.session_id
        return self.root / key.project / f"{name}{SUFFIX}"

    def parts(self, session_id: str) -> Iterator[TranscriptKey]:
        """The transcripts that a session has now: its own, then its subagents'."""
        own = TranscriptKey(self.project, session_id)
        if self.path(own).exists():
            yield own
        folder = self.folder / session_id
        for path in sorted((folder / _SUBAGENTS).rglob(f"*{SUFFIX}")):
            part = PurePosixPath(path.relative_to(folder).with_suffix("")).as_posix()
            yield TranscriptKey(self.project, session_id, part)

    def sessions(self) -> dict[str, TranscriptFile]:
        """The sessions of the working folder by id."""
        found: dict[str, TranscriptFile] = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    session_id = entry.name.removesuffix(SUFFIX)
                    if entry.name.endswith(SUFFIX) and is_session_id(session_id):
                        stat = entry.stat()
                        found[session_id] = TranscriptFile(stat.st_size, stat.st_mtime)
        except OSError:
            pass  # it has no sessions, or they are not for us to see
        return found

    def find(self, session_id: str) -> str | None:
        """The project that has the session, the working folder's own first."""
        if (self.folder / f"{session_id}{SUFFIX}").is_file():
            return self.project
        found = sorted(self.root.glob(f"*/{session_id}{SUFFIX}"))
        return found[0].parent.name if found else None


def project_name(folder: str) -> str:
    """What Claude Code calls the folder of a working folder's sessions."""
    real = unicodedata.normalize("NFC", os.path.realpath(folder))
    name = re.sub(r"[^a-zA-Z0-9]", "-", real)
    if len(name) <= _NAME_LIMIT:
        return name
    from claude_agent_sdk import project_key_for_directory  # it knows how long ones are cut

    return project_key_for_directory(folder)


def config_folder(env: dict[str, str]) -> Path:
    """Claude Code's folder, as a process that is given `env` in addition to ours sees it."""
    told = env.get("CLAUDE_CONFIG_DIR") or os.environ.get("CLAUDE_CONFIG_DIR")
    if told:
        return Path(unicodedata.normalize("NFC", told))
    home = env.get("HOME")
    return Path(home or Path.home()) / ".claude"
