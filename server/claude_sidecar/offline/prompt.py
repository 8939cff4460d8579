"""The sidecar's own prompts, read back: the task, and the fenced texts it comes with.

`sessions.prompts` writes them. A fence ends at the line that carries the random word of its
opening line, so nothing inside one is ever taken for a fence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(
    r'^<(?P<name>[a-z]+)(?P<attributes>(?: \w+="[^"\n]*")*) nonce="(?P<nonce>[0-9a-f]+)">\n'
    r'(?P<text>.*?)\n</(?P=name) nonce="(?P=nonce)">$',
    re.DOTALL | re.MULTILINE,
)
_ATTRIBUTE = re.compile(r'(\w+)="([^"\n]*)"')
_TASK = re.compile(r"# Task: (\w+)")
_NUMBERED = re.compile(r"(\d+)\t(.*)", re.DOTALL)
_LINES = re.compile(r"^Review (?:line (\d+)|lines (\d+) to (\d+)) of `", re.MULTILINE)
_MILDEST = re.compile(r"^Report nothing milder than `(\w+)`", re.MULTILINE)
_SETTLED = "The developer has dismissed these findings."
_FINDING = re.compile(r"^.*?:(\d+): ([a-z-]+): ", re.MULTILINE)
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")
_REVIEWER = re.compile(r"^- (\w+): ", re.MULTILINE)

_LANGUAGES = {
    ".c": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".cs": "csharp",
    ".go": "go",
    ".h": "c",
    ".hpp": "cpp",
    ".java": "java",
    ".js": "javascript",
    ".jsx": "javascript",
    ".kt": "kotlin",
    ".mjs": "javascript",
    ".php": "php",
    ".py": "python",
    ".pyi": "python",
    ".rb": "ruby",
    ".rs": "rust",
    ".sh": "shellscript",
    ".bash": "shellscript",
    ".sql": "sql",
    ".ts": "typescript",
    ".tsx": "typescript",
}


@dataclass(frozen=True, slots=True)
class Fenced:
    """One fenced text."""

    name: str
    attributes: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text as a prompt shows it.

    :param first: the number of its first line, from 1; more than 1 where only a part is shown.
    """

    path: str
    language: str
    lines: tuple[str, ...]
    first: int = 1

    @property
    def text(self) -> str:
        """The lines, joined."""
        return "\n".join(self.lines)

    def line(self, number: int) -> str | None:
        """A line by the number that editors show, or None if it is not shown."""
        at = number - self.first
        return self.lines[at] if 0 <= at < len(self.lines) else None


@dataclass(frozen=True, slots=True)
class Changed:
    """A file of a change set.

    :param lines: the numbers, as editors count, of the lines that the change adds.
    """

    path: str
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What one prompt asks.

    :param task: `review`, `debug`, `ask`, `step`; empty if it is not one of the sidecar's own.
    :param request: the developer's own words; the whole prompt if it is not one of the sidecar's.
    :param lines: the first and last line that a review is about; None: all.
    :param mildest: the mildest severity that is wanted.
    :param reviewers: the names of what is looked for; empty: everything.
    :param settled: line and category of findings that are not to be reported again.
    :param changes: the files of a change set that is to be reviewed.
    """

    task: str
    request: str
    source: Source | None = None
    error: str | None = None
    history: str | None = None
    lines: tuple[int, int] | None = None
    mildest: str = "hint"
    reviewers: tuple[str, ...] = ()
    settled: frozenset[tuple[int, str]] = frozenset()
    changes: tuple[Changed, ...] = ()


def read_prompt(text: str) -> Prompt:
    """Read a prompt; any text is one."""
    task = _TASK.match(text)
    if task is None:
        return Prompt(task="", request=text)
    fenced = [
        Fenced(each["name"], dict(_ATTRIBUTE.findall(each["attributes"])), each["text"])
        for each in _FENCE.finditer(text)
    ]
    prose = _FENCE.sub("", text)
    mildest = _MILDEST.search(prose)
    return Prompt(
        task=task[1],
        request=_first(fenced, "request") or "",
        source=next((_source(each) for each in fenced if each.name == "document"), None),
        error=_first(fenced, "error"),
        history=_first(fenced, "history"),
        lines=_line_range(prose),
        mildest=mildest[1] if mildest else "hint",
        reviewers=tuple(_REVIEWER.findall(prose)),
        settled=frozenset(_settled(text)),
        changes=tuple(_changed(each) for each in fenced if each.name == "diff"),
    )


def _changed(diff: Fenced) -> Changed:
    lines: set[int] = set()
    number = 0
    for line in diff.text.split("\n"):
        if hunk := _HUNK.match(line):
            number = int(hunk[1])
        elif line.startswith("+"):
            lines.add(number)
            number += 1
        elif line.startswith(" ") or not line:
            number += 1
    return Changed(diff.attributes.get("path", ""), frozenset(lines))


def _settled(text: str) -> Iterator[tuple[int, str]]:
    said_until = 0
    for each in _FENCE.finditer(text):
        if each["name"] == "findings" and _SETTLED in text[said_until : each.start()]:
            yield from ((int(line), kind) for line, kind in _FINDING.findall(each["text"]))
        said_until = each.end()


def _first(fenced: list[Fenced], name: str) -> str | None:
    return next((each.text for each in fenced if each.name == name), None)


def _source(document: Fenced) -> Source:
    attributes = document.attributes
    return numbered_source(
        attributes.get("path", ""), document.text, attributes.get("language", "")
    )


def numbered_source(path: str, text: str, language: str = "") -> Source:
    """A file whose lines are shown with their numbers; lines without one are passed over."""
    numbered = [_NUMBERED.fullmatch(line) for line in text.split("\n")]
    lines = [match for match in numbered if match is not None]
    suffix = "." + path.rpartition(".")[2].lower()
    return Source(
        path=path,
        language=_LANGUAGES.get(suffix) or language,
        lines=tuple(match[2] for match in lines),
        first=int(lines[0][1]) if lines else 1,
    )


def _line_range(prose: str) -> tuple[int, int] | None:
    match = _LINES.search(prose)
    if match is None:
        return None
    return (int(match[1]), int(match[1])) if match[1] else (int(match[2]), int(match[3]))
