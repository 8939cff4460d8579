"""The nouns: a failure, the frames of its stack, and what is known of their variables.

Whatever language a failure comes from, its frames are in one order: the innermost first, the one
that was running when it failed. Lines and columns count from 1, as they are printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

FailureKind: TypeAlias = Literal["exception", "test", "compiler", "warning"]
"""`exception` is also a panic, a signal or a sanitizer's report; `compiler` an error before any run."""

Relation: TypeAlias = Literal[
    "caused by", "while handling", "suppressed", "in group", "another thread", "allocated", "freed"
]
"""How another failure, or another stack, bears on one."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An argument or a local, as it was printed."""

    name: str
    value: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on a stack.

    :param file: the path or URI as it was printed; None where none was.
    :param code: the source line, where it was printed.
    :param library: the format itself says that it is not the user's code, or the path alone does.
    :param package: where the language names files without their folders: the folders to expect.
    """

    function: str | None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    code: str | None = None
    variables: tuple[Variable, ...] = ()
    library: bool = False
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that went wrong, as a program told it.

    :param language: `python`, `javascript`, ... as it is put to a person.
    :param type: the exception's name, the signal, the error's code; None where there is none.
    :param frames: the innermost first.
    :param omitted: how many frames are not in `frames`, because there were too many.
    :param thread: which one, where the format says.
    :param test: the name of the test that failed.
    :param notes: what else was said of it: notes of an exception, hints of a compiler.
    :param times: how often the very same was told; its place is the last one's.
    :param start: where its text begins, in the text that was read; `end` is behind its last line.
    """

    language: str
    kind: FailureKind
    type: str | None
    message: str
    frames: tuple[Frame, ...] = ()
    omitted: int = 0
    thread: str | None = None
    test: str | None = None
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    times: int = 1
    start: int = 0
    end: int = 0

    @property
    def title(self) -> str:
        """Its type and the first line of its message."""
        first = self.message.strip().split("\n", 1)[0]
        return ": ".join(part for part in (self.type, first) if part)


@dataclass(frozen=True, slots=True)
class Related:
    """Another failure that belongs to one."""

    relation: Relation
    failure: Failure
