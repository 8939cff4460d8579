r"""Fences around text that is data: a closing line that nothing in the text can forge.

A file's name is data as well. Where it stands in a sentence or in a fence's opening line it is kept
on its line, in its quotes: what could end them, and what nobody sees, is escaped (`\n`, `\x60`), and
taken back when Claude names the file so. A fence whose text holds characters that a reader
would not see says so, because a model reads them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from itertools import islice

from claude_sidecar.visible import hidden_in

_HIDDEN_SHOWN = 12
_ESCAPE = re.compile(r"\\(\\|[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_QUOTING = frozenset('`"<>')


def fence(name: str, text: str, **attributes: str) -> str:
    """`text` between an opening and a closing line that nothing in it can forge."""
    nonce = secrets.token_hex(6)
    while nonce in text:
        nonce = secrets.token_hex(6)
    given = {**attributes, "hidden": _hidden(text)}
    shown = "".join(f' {key}="{escaped(value)}"' for key, value in given.items() if value)
    return f'<{name}{shown} nonce="{nonce}">\n{text}\n</{name} nonce="{nonce}">'


def code_span(name: str | None) -> str:
    """A file's name between backticks."""
    return f"`{escaped(name or '')}`"


def escaped(name: str) -> str:
    """A name that stays on its line and in its quotes; `unescaped` takes it back."""
    return "".join(map(_escaped, name))


def unescaped(name: str) -> str:
    """A name as it was before `escaped`."""
    return _ESCAPE.sub(lambda found: _unescaped(found.group(1)), name)


def numbered(lines: Sequence[str], first: int) -> str:
    """Lines with their numbers, as editors count them; `first` counts from 0."""
    return "\n".join(f"{first + at + 1}\t{line}" for at, line in enumerate(lines))


def _hidden(text: str) -> str:
    found = list(islice(hidden_in(text), _HIDDEN_SHOWN + 1))
    told = ", ".join(f"{code} in line {line}" for line, code in found[:_HIDDEN_SHOWN])
    return f"{told}, and more" if len(found) > _HIDDEN_SHOWN else told


def _escaped(character: str) -> str:
    if character in _QUOTING:
        return f"\\x{ord(character):02x}"
    if character.isprintable() and character != "\\":
        return character
    return character.encode("unicode_escape").decode("ascii")


def _unescaped(escape: str) -> str:
    if escape in {"n", "r", "t", "\\"}:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(escape, escape)
    code = int(escape[1:], 16)
    return chr(code) if code <= 0x10FFFF else f"\\{escape}"
