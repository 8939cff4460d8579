"""Fences around text that is data: a closing line that nothing in the text can forge.

A file's name is data as well. Where it stands in a sentence it is kept on its line, in its quotes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence


def fence(name: str, text: str, **attributes: str) -> str:
    """`text` between an opening and a closing line that nothing in it can forge."""
    nonce = secrets.token_hex(6)
    while nonce in text:
        nonce = secrets.token_hex(6)
    shown = "".join(f' {key}="{_attribute(value)}"' for key, value in attributes.items() if value)
    return f'<{name}{shown} nonce="{nonce}">\n{text}\n</{name} nonce="{nonce}">'


def code_span(name: str | None) -> str:
    """A file's name between backticks; what could end them, or the line, is escaped."""
    return "`" + "".join(_escaped(each) for each in name or "") + "`"


def numbered(lines: Sequence[str], first: int) -> str:
    """Lines with their numbers, as editors count them; `first` counts from 0."""
    return "\n".join(f"{first + at + 1}\t{line}" for at, line in enumerate(lines))


def _attribute(value: str) -> str:
    return "".join("_" if each in '"<>\r\n' else each for each in value)


def _escaped(character: str) -> str:
    if character == "`":
        return r"\x60"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
