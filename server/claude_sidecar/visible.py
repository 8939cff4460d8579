r"""Text from elsewhere, made harmless for whoever looks at it.

Replies, file names and source code may hold escape sequences that move the cursor, rewrite the
screen or answer as the user, marks that turn the order of characters around, and characters that
nobody sees but a model reads. They are shown (`\x1b`, `\u202e`) instead of obeyed or passed over.
Tabs and line feeds stay, and so do the joiners that emoji and some scripts are written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)]
_DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_SEPARATORS = [0x2028, 0x2029]
_UNSEEN = [
    0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180E, 0x200B,
    *range(0x2060, 0x2066), *range(0x206A, 0x2070), 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFC),
    *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
]  # fmt: skip
_JOINERS = re.compile(r"(?:(?<=[\x00-\x7f])|(?<![\s\S]))[\u200c\u200d\ufe00-\ufe0e]")
"""Joiners and variants where nothing is to be joined or varied: after plain text, or at its start."""


def _spelled(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_SHOWN = {code: _spelled(code) for code in (*_CONTROLS, *_DIRECTIONS, *_SEPARATORS, *_UNSEEN)}
_HIDDEN = re.compile(f"[{''.join(map(chr, (*_DIRECTIONS, *_SEPARATORS, *_UNSEEN)))}\x1b\x9b]")


def visible(text: str) -> str:
    r"""`text` with all that would be obeyed or not seen spelled out; `\r\n` is an ordinary line end."""
    joined = _JOINERS.sub(lambda found: _spelled(ord(found.group())), text.replace("\r\n", "\n"))
    return joined.translate(_SHOWN)


def one_line(text: str, limit: int = 200) -> str:
    """`text` made visible, on one line, cut after `limit` characters."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def visible_json(document: str) -> str:
    """A JSON document that means the same and holds nothing that would be obeyed or not seen."""
    joined = _JOINERS.sub(lambda found: _in_json(ord(found.group())), document)
    return joined.translate({code: _in_json(code) for code in _SHOWN if code >= 0x20})


def hidden_in(text: str) -> Iterator[tuple[int, str]]:
    """Characters that a reader would not see, or that turn the order of others around: the line of
    each, counted from 1, and how it is written, `U+202E`.
    """
    for number, line in enumerate(text.split("\n"), 1):
        for found in (*_HIDDEN.finditer(line), *_JOINERS.finditer(line)):
            yield number, f"U+{ord(found.group()):04X}"


def _in_json(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
