"""A failure as text, read: its type and message, and the places it went through.

Knows the tracebacks of Python, Node.js, Java, Go and Rust, what pytest prints, and compilers'
`file:line: error: ...`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from claude_sidecar.offline.prompt import Source


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file that the failure went through; `line` from 1."""

    file: str
    line: int
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed.

    :param type: the error's type, as its language calls it.
    :param places: innermost first.
    """

    type: str
    message: str
    places: tuple[Place, ...]

    def place_in(self, source: Source) -> Place | None:
        """The innermost place that lies in a source."""
        for place in self.places:
            parts = place.file.replace("\\", "/").split("/")
            wanted = source.path.split("/")
            shorter = min(len(parts), len(wanted))
            if parts[-shorter:] == wanted[-shorter:] and source.line(place.line) is not None:
                return place
        return None


_PYTHON_FRAME = re.compile(r'^\s*File "([^"\n]+)", line (\d+)(?:, in (\S+))?', re.MULTILINE)
_OUTERMOST_LAST = (
    re.compile(
        r"^\s*at (?:async )?(?:(?P<function>[\w.$<>\[\] ]+?) ?\()?(?:file://)?"
        r"(?P<file>[^():\n]+(?:\\[^():\n]+)?):(?P<line>\d+)(?::\d+)?\)?",
        re.MULTILINE,
    ),
    re.compile(r"panicked at (?:'[^'\n]*', )?(?P<file>[^:\n]+):(?P<line>\d+):\d+"),
    re.compile(r"^\s+(?P<file>/?[^\s:]+\.go):(?P<line>\d+)", re.MULTILINE),
    re.compile(r"^(?P<file>[^\s:]+\.\w+):(?P<line>\d+):", re.MULTILINE),
)
_ERROR_LINES = (
    re.compile(
        r"^E\s+(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit))"
        r"(?::\s*(?P<message>.*))?$",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?:Uncaught |Exception in thread \"[^\"]*\" |Caused by: )?"
        r"(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Iteration|Group))"
        r"(?::\s*(?P<message>.*))?$",
        re.MULTILINE,
    ),
    re.compile(r"^(?P<type>panic): (?P<message>.*)$", re.MULTILINE),
    re.compile(r"^thread '.*' (?P<type>panicked) at .*\n(?P<message>.*)$", re.MULTILINE),
    re.compile(r"\b(?P<type>(?:fatal )?error)(?:\[\w+\])?: (?P<message>.*)$", re.MULTILINE),
)
_CAUSES = {
    "AssertionError": "What the assertion claims does not hold here.",
    "AttributeError": "The object is of another kind than the code expects; `None` is common.",
    "FileNotFoundError": "The path does not exist from the folder the program runs in.",
    "ImportError": "The module is there, and the name is not in it, or the two import each other.",
    "IndexError": "The sequence is shorter than the index; an empty one is common.",
    "KeyError": "The key is not in the mapping.",
    "ModuleNotFoundError": "The module is not installed in the environment that runs this.",
    "NameError": "The name is not defined where it is used; look for a misspelling.",
    "NullPointerException": "Something here is null.",
    "RecursionError": "The function calls itself and does not come to an end.",
    "ReferenceError": "The name is not defined where it is used; look for a misspelling.",
    "TypeError": "A value is of another type than the operation takes; null or None is common.",
    "UnboundLocalError": "The name is assigned somewhere in the function, but not before this line.",
    "UnicodeDecodeError": "The bytes are not in the encoding they are read with.",
    "ValueError": "The value is of the right type, but not one the operation accepts.",
    "ZeroDivisionError": "The divisor is zero; an empty collection's length is common.",
}


def read_failure(text: str) -> Failure | None:
    """Read a failure; None if there is neither an error nor a place in the text."""
    python = [Place(match[1], int(match[2]), match[3]) for match in _PYTHON_FRAME.finditer(text)]
    places = python[::-1] or _places(text)
    for expression in _ERROR_LINES:
        found = list(expression.finditer(text))
        if found:
            # Chained errors of Python end with the one that was seen; others begin with it.
            match = found[-1] if python else found[0]
            return Failure(match["type"], (match["message"] or "").strip(), tuple(places))
    return Failure("Failure", "", tuple(places)) if places else None


def usual_cause(failure: Failure) -> str | None:
    """What errors of this type commonly come from."""
    return _CAUSES.get(failure.type.rpartition(".")[2])


def _places(text: str) -> list[Place]:
    for expression in _OUTERMOST_LAST:
        found = [
            Place(match["file"], int(match["line"]), match.groupdict().get("function"))
            for match in expression.finditer(text)
        ]
        if found:
            return found
    return []
