r"""Text from elsewhere, made harmless for a terminal.

Replies, file names and source code may hold escape sequences that move the cursor, rewrite the
screen or answer as the user, and marks that turn the order of characters around. They are shown
(`\x1b`, `\u202e`) instead of obeyed. Tabs and line feeds stay.
"""

from __future__ import annotations

_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)]
_DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_SEPARATORS = [0x2028, 0x2029]

_SHOWN = {code: f"\\x{code:02x}" for code in _CONTROLS} | {
    code: f"\\u{code:04x}" for code in (*_DIRECTIONS, *_SEPARATORS)
}
_JSON = {code: f"\\u{code:04x}" for code in _SHOWN if code >= 0x20}


def visible(text: str) -> str:
    r"""`text` with all that a terminal would obey spelled out; `\r\n` is an ordinary line end."""
    return text.replace("\r\n", "\n").translate(_SHOWN)


def one_line(text: str, limit: int = 200) -> str:
    """`text` made visible, on one line, cut after `limit` characters."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def visible_json(document: str) -> str:
    """A JSON document that means the same and holds nothing that a terminal would obey."""
    return document.translate(_JSON)
