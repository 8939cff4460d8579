"""What a shell command reaches, as far as its words tell.

Claude Code runs commands that only read without asking, also those that read a secret or follow a
path out of the workspace. So a command is looked through first: what it names outside, which
secrets it names, and whether its words tell at all. This finds the obvious and is no jail: a
program can do what the user can, and that is why others than plain reading ones are asked about.
"""

from __future__ import annotations

import glob
import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from claude_sidecar.sessions.policy.confinement import Confinement
from claude_sidecar.sessions.policy.secrets import is_secret

_UNTOLD: Final = re.compile(r"[$`]|<\(|>\(|\{[^}\s]*(,|\.\.)[^}\s]*\}|<<")
"""Variables, substitutions, braces and here-documents: the words are not what the shell makes of them."""

_SEARCHING: Final = re.compile(
    r"(^|\s)(rg|ag|ack|xargs|parallel|tar|zip|rsync|cpio|dd|git\s+grep|git\s+archive)(\s|$)"
    r"|\b[ef]?grep\b.*\s(-[a-zA-Z]*[rR]|--(dereference-)?recursive|--include|-d\s*recurse)"
    r"|\bfind\b.*\s-(exec|execdir|ok|okdir|fprint|files0-from|delete)"
    r"|\b(eval|exec|source|sh|bash|zsh|dash|ksh|fish)\b"
)
"""Programs that go through whole folders, secrets among them, or run other programs."""

_SEPARATORS: Final = frozenset({"&&", "||", ";", "|", "|&", "&", "\n", ";;", "(", ")"})
_DEVICES: Final = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/zero"})
_WORDS_LIMIT: Final = 1_000
_GLOBBED_LIMIT: Final = 2_000
"""Files that a word's wildcards are followed to; a word that meets more is not told."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What was found.

    :param outside: a path that leads out of the workspace.
    :param secret: a file that holds secrets.
    :param untold: the words do not tell what is read or run.
    """

    outside: str | None = None
    secret: str | None = None
    untold: bool = False


def reach_of(command: str, confinement: Confinement) -> Reach:
    """What a shell command reaches beyond the files of the workspace that are no secrets."""
    parts = simple_commands(command)
    if parts is None or sum(map(len, parts)) > _WORDS_LIMIT:
        words = itertools.islice(_pieces(command), _WORDS_LIMIT)
        return _first(words, confinement, untold=True)
    words = (word for part in parts for word in _arguments(part))
    untold = _UNTOLD.search(command) is not None or _SEARCHING.search(command) is not None
    return _first(words, confinement, untold=untold)


def simple_commands(command: str) -> list[list[str]] | None:
    """The words of each simple command in a line of several; None if they cannot be told apart."""
    lexer = shlex.shlex(command.replace("\n", " ; "), posix=True, punctuation_chars=";&|()<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:  # a quotation that does not end
        return None
    groups = itertools.groupby(words, _separates)
    return [list(group) for separates, group in groups if not separates]


def is_plain(command: str) -> bool:
    """Whether the words of a command are what will be run: nothing is filled in by the shell, and
    nothing is written but to the other outputs.
    """
    parts = simple_commands(command)
    return (
        parts is not None
        and _UNTOLD.search(command) is None
        and not any(_writes(words) for words in parts)
    )


def _writes(words: list[str]) -> bool:
    return any(
        ">" in word
        and set(word) <= set("<>&|")
        and not (target in _DEVICES or target.isdecimal() or target == "-")
        for word, target in itertools.zip_longest(words, words[1:], fillvalue="")
    )


def _separates(word: str) -> bool:
    return word in _SEPARATORS or (bool(word) and set(word) <= set(";&|()"))


def _arguments(words: list[str]) -> Iterator[str]:
    """The words that may name files; the program itself is run and not read."""
    program = next((at for at, word in enumerate(words) if "=" not in word), 0)
    for at, word in enumerate(words):
        if at != program:
            yield from _pieces(word)


def _pieces(word: str) -> Iterator[str]:
    """A word and the parts of it that may be a path: `--file=x`, `HEAD:x`, `-Ix`, `user@host:x`."""
    yield word
    yield from (
        piece for piece in re.split(r"[=:,@\s\"'<>;|&()]+", word) if piece and piece != word
    )
    if len(word) > 2 and word[0] == "-" and word[1] != "-":
        yield word[2:]


def _first(words: Iterator[str], confinement: Confinement, *, untold: bool) -> Reach:
    outside = secret = None
    for word in words:
        for path in _met_by(word, confinement):
            if path is None:
                untold = True
            elif _is_secret(path, confinement):
                secret = secret or path
            elif outside is None and _leads_out(path, confinement):
                outside = path
    return Reach(outside, secret, untold)


def _met_by(word: str, confinement: Confinement) -> Iterator[str | None]:
    """The word, and the files that its wildcards meet; None if they are too many to look at."""
    yield word
    if not set("*?[") & set(word):
        return
    pattern = Path(confinement.workspace, word).as_posix()
    met = itertools.islice(glob.iglob(pattern), _GLOBBED_LIMIT + 1)  # noqa: PTH207 - a shell's pattern
    try:
        for count, path in enumerate(met):
            yield None if count == _GLOBBED_LIMIT else path
    except (OSError, ValueError, re.error):
        yield None


def _is_secret(path: str, confinement: Confinement) -> bool:
    """By its own name, or by that of what it leads to."""
    place = confinement.resolve(path)
    return is_secret(path) or (place is not None and is_secret(confinement.within(place)))


def _leads_out(path: str, confinement: Confinement) -> bool:
    """Whether a word is a path that leads out. What begins like one and names no place on this
    machine (a route, a pattern) is no path.
    """
    if path in _DEVICES or path.startswith("-"):
        return False
    place = confinement.resolve(path)
    if path.startswith(("/", "~")) or re.match(r"[a-zA-Z]:[\\/]", path):
        first = path.lstrip("/").split("/", 1)[0]
        names_a_place = not path.startswith("/") or not first or Path("/", first).exists()
        return names_a_place and (place is None or not confinement.holds(place))
    return place is not None and not confinement.holds(place)
