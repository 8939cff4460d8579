"""Exact texts replaced by others, as Claude asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claude_sidecar.errors import EditRefused
from claude_sidecar.text import LineIndex, with_line_ends_of

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Replacement:
    """Put `new` in the place of `old`.

    :param everywhere: wherever it stands; else it must stand in one place only.
    """

    old: str
    new: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class TextChange:
    """What Claude wants to make of a file's text.

    :param path: the file's canonical path.
    :param replacements: each is made in what those before it have made.
    :param whole: instead of them, the new text as a whole.
    :param version: what Claude has read, where it says so.
    """

    path: str
    replacements: tuple[Replacement, ...] = ()
    whole: str | None = None
    version: int | None = None

    @property
    def near(self) -> str | None:
        """A part of the old text, where the change names one."""
        return self.replacements[0].old if self.replacements else None

    def made_of(self, text: str) -> str:
        """The new text.

        :raises EditRefused: if a replacement does not fit.
        """
        if self.whole is not None:
            return with_line_ends_of(text, self.whole)
        return replaced(text, self.replacements)


def replaced(text: str, replacements: Sequence[Replacement]) -> str:
    """A text with replacements made one after the other. Line ends are taken as the text has them.

    :raises EditRefused: saying which of them does not fit, and why.
    """
    for number, each in enumerate(replacements, 1):
        which = "The old text" if len(replacements) == 1 else f"The old text of edit {number}"
        text = _replaced(text, each, which)
    return text


def _replaced(text: str, replacement: Replacement, which: str) -> str:
    if not replacement.old:
        if text:
            raise EditRefused(f"{which} is empty, and the file is not.")
        return replacement.new
    old, new = replacement.old, replacement.new
    if old not in text:
        old, new = with_line_ends_of(text, old), with_line_ends_of(text, new)
    count = text.count(old)
    if not count:
        raise EditRefused(f"{which} is not in it, letter for letter.")
    if count > 1 and not replacement.everywhere:
        index = LineIndex(text)
        lines = ", ".join(map(str, _lines_of(index, old)[:_LISTED]))
        raise EditRefused(
            f"{which} is in it {count} times (lines {lines}{', …' if count > _LISTED else ''}): "
            "give more of the text around it, or replace all."
        )
    return text.replace(old, new)


def _lines_of(index: LineIndex, part: str) -> list[int]:
    """The lines on which a text begins, from 1."""
    lines: list[int] = []
    at = index.text.find(part)
    while at >= 0:
        lines.append(index.position(at).line + 1)
        at = index.text.find(part, at + len(part))
    return lines
