"""Claude's reply as it streams in: words at once, with the commonest Markdown as style.

Headings, emphasis, code and lists are styled, not laid out anew, so that nothing that was shown
has to be taken back. Words are held until they are whole, to be wrapped at the terminal's width.
In a pipe the reply is passed on as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from claude_sidecar.visible import visible

HEADING = "bold cyan"
CODE = "cyan"
FENCED = "green"

_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s+")
_MARK = re.compile(r"(\*\*|`)")
_MARKING = " \t#*`~+-.)0123456789"


@dataclass(slots=True)
class _Style:
    """What the text at the cursor is inside of."""

    fenced: bool = False
    heading: bool = False
    bold: bool = False
    code: bool = False

    def rich(self) -> str:
        if self.fenced:
            return FENCED
        if self.heading:
            return HEADING
        return CODE if self.code else "bold" if self.bold else ""

    def end_line(self) -> None:
        self.heading = self.bold = self.code = False


class ReplyWriter:
    """Writes a reply to a console, piece by piece."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._style = _Style()
        self._held = ""
        self._column = 0
        self._indent = 0
        self._line_begun = False
        self._empty_lines = 0
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether something was written since the last `finish`."""
        return self._begun

    def write(self, chunk: str) -> None:
        """The next piece of the reply. Line ends are held until something comes after them."""
        self._begun = True
        if not self._console.is_terminal:
            self._pass_on(chunk)
            return
        *lines, rest = (self._held + chunk).replace("\r", "").split("\n")
        for line in lines:
            self._write(line)
            self._end_line()
        self._held = self._write_words(rest)
        self._console.file.flush()

    def settle(self) -> None:
        """Show the word that is held, unless it may become a mark; it can still go on."""
        if self._console.is_terminal and self._held.strip(_MARKING):
            self._write(self._held)
            self._held = ""
            self._console.file.flush()

    def finish(self) -> None:
        """No more for now: show what is held, and end the line."""
        if not self._console.is_terminal:
            self._console.file.write("\n" if self._begun else "")
        else:
            self._write(self._held)
            if self._line_begun:
                self._end_line()
        self._held = ""
        self._empty_lines = 0
        self._begun = False
        self._style = _Style()

    def _pass_on(self, chunk: str) -> None:
        """In a pipe: unchanged, but harmless."""
        text = self._held + chunk
        body = text.rstrip("\r\n")
        self._held = text[len(body) :]
        self._console.file.write(visible(body))
        self._console.file.flush()

    def _write_words(self, text: str) -> str:
        """Write all but the last word, which may go on, and give that one back."""
        if not self._line_begun and not self._starts_plainly(text):
            return text
        whole, blank, last = text.rpartition(" ")
        if not blank:
            return text
        self._write(whole + blank)
        return last

    def _starts_plainly(self, text: str) -> bool:
        """Whether it is known by now what kind of line this is."""
        return len(text.lstrip()) > 4 and " " in text.lstrip()

    def _write(self, text: str) -> None:
        if not text:
            return
        if not self._line_begun:
            self._line_begun = True
            self._console.file.write("\n" * self._empty_lines)
            self._empty_lines = 0
            text = self._begin_line(text)
        if self._style.fenced:
            self._put(text)
            return
        for part in _MARK.split(text):
            self._write_part(part)

    def _begin_line(self, text: str) -> str:
        if _FENCE.match(text):
            self._style.fenced = not self._style.fenced
            self._put_styled(text, "dim")
            return ""
        if self._style.fenced:
            return text
        if heading := re.match(r"#{1,6}\s+", text):
            self._style.heading = True
            return text[heading.end() :]
        item = _ITEM.match(text)
        self._indent = cell_len(item.group()) if item else 0
        return text

    def _write_part(self, part: str) -> None:
        style = self._style
        if part == "`":
            style.code = not style.code
        elif part == "**" and not style.code:
            style.bold = not style.bold
        else:
            for word in re.findall(r" *[^ ]+ *| +", part):
                self._put_word(word)

    def _put_word(self, word: str) -> None:
        width = self._console.width
        if self._column and self._column + cell_len(word.rstrip()) > width:
            self._console.file.write("\n" + " " * self._indent)
            self._column = self._indent
            word = word.lstrip()
        self._put(word)

    def _put(self, text: str) -> None:
        self._put_styled(text, self._style.rich())

    def _put_styled(self, text: str, style: str) -> None:
        shown = visible(text)
        self._console.print(Text(shown, style), end="", soft_wrap=True)
        self._column += cell_len(shown)

    def _end_line(self) -> None:
        if self._line_begun:
            self._console.file.write("\n")
        else:
            self._empty_lines += 1
        self._line_begun = False
        self._column = self._indent = 0
        self._style.end_line()


def styled(text: str) -> Text:
    """A short Markdown text, made harmless, with its emphasis and code as styles."""
    result = Text()
    style = _Style()
    for part in _MARK.split(visible(text)):
        if part == "`":
            style.code = not style.code
        elif part == "**" and not style.code:
            style.bold = not style.bold
        else:
            result.append(part, style.rich())
    return result
