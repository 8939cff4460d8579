"""Reading a symptom: all failures in a text, and which of them the text is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claude_sidecar.debugging.formats import FORMATS
from claude_sidecar.debugging.model import Failure
from claude_sidecar.debugging.reading import read_all, without_escapes


@dataclass(frozen=True, slots=True)
class Symptom:
    """A text, and the failures that were read in it.

    :param text: without colours; the failures' places are places in it.
    :param main: the failure that it is about, if there is any.
    """

    text: str
    failures: tuple[Failure, ...]
    main: Failure | None


def read_symptom(text: str) -> Symptom:
    """Read a text of any length, in time that grows with it."""
    plain = without_escapes(text)
    failures = _without_echoes(read_all(plain, FORMATS))
    return Symptom(plain, failures, main_failure(failures))


def _without_echoes(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """The names of failed tests stand once more below what pytest tells of each."""
    placed = [each for each in failures if any(frame.line for frame in each.frames)]
    if not any(each.kind == "test" for each in placed):
        return tuple(failures)
    return tuple(each for each in failures if each in placed or each.kind != "test")


def main_failure(failures: Sequence[Failure]) -> Failure | None:
    """What a text of several failures is about.

    A test's failure goes before all, and the first before the others, as reports list them. Of
    exceptions the last ended the program; of a compiler's errors the first brought on the rest.
    """
    for kind, place in (("test", 0), ("exception", -1), ("compiler", 0), ("warning", -1)):
        of_kind = [each for each in failures if each.kind == kind]
        of_kind = [each for each in of_kind if each.title] or of_kind
        if of_kind:
            return of_kind[place]
    return None
