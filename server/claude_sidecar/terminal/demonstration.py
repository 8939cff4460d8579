"""The demonstration: the main job, run for real, with every claim checked afterwards.

Each step is a `claude-sidecar` process of its own, so that between two steps nothing is left but
what is on the disk: one store, and Claude Code's own transcript. All of it is in a temporary
folder, and the offline backend answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

SAMPLE = "ledger.py"
STEP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the demonstration.

    :param says: what is to be seen, in a sentence.
    :param arguments: of `claude-sidecar`, as a user would type them.
    :param options: further ones, which are not shown.
    """

    says: str
    arguments: tuple[str, ...]
    options: tuple[str, ...] = ()


FIRST_QUESTION = "Which of your findings is the most serious, and where is it?"
SECOND_QUESTION = "What did I ask you before this, and how many findings were there?"
STEPS = (
    Step("A review of a file with real defects.", ("review", SAMPLE), ("--no-hints",)),
    Step("A follow-up. It does not say what about.", ("ask", "--file", SAMPLE, FIRST_QUESTION)),
    Step(
        "The server has ended twice by now, and starts again.",
        ("ask", "--file", SAMPLE, SECOND_QUESTION),
    ),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that must hold for the demonstration to have worked."""

    text: str
    holds: bool


class Demonstration:
    """A workspace with the sample in it, and the commands that are run there."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "project"
        self._folder = folder
        self.workspace.mkdir()
        sample = files("claude_sidecar.terminal") / "samples" / f"{SAMPLE}.sample"
        (self.workspace / SAMPLE).write_bytes(sample.read_bytes())
        (folder / "config.toml").touch()

    def run(self, step: Step, started: Callable[[int], None]) -> int:
        """Run a step with this process's own output.

        :param started: told the process id.
        :returns: its exit status.
        :raises subprocess.TimeoutExpired: if it takes longer than `STEP_SECONDS`.
        """
        with subprocess.Popen(
            self._command(*step.arguments, *step.options, "--offline"),
            cwd=self.workspace,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
        ) as process:
            started(process.pid)
            try:
                return process.wait(STEP_SECONDS)
            except BaseException:
                process.kill()
                raise

    def claims(self) -> list[Claim]:
        """What must hold once all steps have run, read from the store by further processes."""
        commands = (("list",), ("show", "--file", SAMPLE))
        with ThreadPoolExecutor() as threads:
            listing, shown = threads.map(self._sessions, commands)
        listed = listing["sessions"]
        turns: list[dict[str, Any]] = shown["turns"]
        if [turn["kind"] for turn in turns] != ["review", "ask", "ask"]:
            return [Claim("a review and two questions are in the file's conversation", False)]
        review, first, second = turns
        found = len(review["findings"])
        return [
            Claim(f"the review found {found} defects", found >= 3),
            Claim(f"there is one session, {shown['session']['sessionId']}", len(listed) == 1),
            Claim(
                "each step continued it", all(turn["stopReason"] == "end_turn" for turn in turns)
            ),
            Claim("the first answer names a line that the question did not", _names_line(first)),
            Claim(
                f"the second knows the question before it and the {found} findings",
                _flat(FIRST_QUESTION) in _flat(second["text"]) and str(found) in second["text"],
            ),
        ]

    def _sessions(self, arguments: tuple[str, ...]) -> Any:
        """What `claude-sidecar sessions` says, as JSON."""
        done = subprocess.run(
            self._command("sessions", *arguments, "--format", "json"),
            cwd=self.workspace,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=STEP_SECONDS,
            check=True,
        )
        return json.loads(done.stdout)

    def _command(self, *arguments: str) -> list[str]:
        own = ("--workspace", self.workspace, "--store", self._folder / "store.sqlite3")
        config = ("--config", self._folder / "config.toml")
        return [sys.executable, "-m", "claude_sidecar", *arguments, *map(str, (*own, *config))]

    def _environment(self) -> Mapping[str, str]:
        """This process's, with Claude Code's own files out of the user's way."""
        return {**os.environ, "CLAUDE_CONFIG_DIR": str(self._folder / "claude")}


def _names_line(turn: Mapping[str, Any]) -> bool:
    text = _flat(turn["text"])
    return "line" in text and any(character.isdigit() for character in text)


def _flat(text: str) -> str:
    return " ".join(text.split()).lower()
