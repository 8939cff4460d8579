"""What Claude can do here: each thing by its title, its kind, and the command that does it.

A person who is asked for words of their own needs an editor that can ask: a client that declares
`sessionUpdates` has a command of its own for that; others are offered a question that is ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lsprotocol import types

from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp import names
from claude_sidecar.sessions.model import JsonObject

_REASONS: Final = ("not a bug", "won't fix", "intended")
_EXPLAIN_FINDING: Final = (
    "Explain this finding: why is it a problem, when does it go wrong, and what would you do?"
)
_EXPLAIN_CODE: Final = "Explain what this code does, and why it might be written this way."
_EXPLAIN_FILE: Final = (
    "Explain what other tools say of this file (their diagnostics): what belongs together, which come "
    "from one cause, and what to do first."
)
_SHOWN: Final = 60
"""Characters of a message in a title."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done.

    :param argument: of the command, as it goes over the wire.
    :param diagnostics: what it is about.
    :param suggestions: the ids of the findings whose suggestions it carries out.
    """

    title: str
    kind: str
    command: str
    argument: JsonObject
    diagnostics: tuple[types.Diagnostic, ...] = ()
    suggestions: tuple[str, ...] = ()
    preferred: bool = False


def about_finding(
    finding: Finding, diagnostic: types.Diagnostic, *, uri: str, fits: bool, panel: bool
) -> list[Offer]:
    """What can be done about a finding.

    :param fits: whether there is a suggestion, and the text is what it was made for.
    :param panel: whether the client asks for the words of a question by itself.
    """
    title, named = finding.title, {"findingId": finding.id}
    about = (diagnostic,)
    offers: list[Offer] = []
    if fits:
        apply = Offer(
            f"Apply Claude's suggestion: {title}",
            names.KIND_QUICK_FIX,
            names.FINDING_APPLY,
            named,
            about,
            suggestions=(finding.id,),
            preferred=True,
        )
        offers.append(apply)
    offers.append(Offer(f"Fix with Claude: {title}", names.KIND_QUICK_FIX, names.FIX, named, about))
    if panel:
        asking = named | {"uri": uri}
        offers.append(
            Offer(f"Ask about: {title}", names.KIND_QUICK_FIX, names.CLIENT_ASK, asking, about)
        )
    else:
        asking = named | {"text": _EXPLAIN_FINDING, "readOnly": True}
        offers.append(Offer(f"Explain: {title}", names.KIND_QUICK_FIX, names.ASK, asking, about))
    offers.append(
        Offer(f"Verify again: {title}", names.KIND_QUICK_FIX, names.FINDING_VERIFY, named, about)
    )
    for reason in _REASONS:
        dismissing = named | {"reason": reason}
        words = f"Dismiss ({reason}): {title}"
        offers.append(Offer(words, names.KIND_QUICK_FIX, names.FINDING_DISMISS, dismissing, about))
    return offers


def about_file(uri: str, fitting: Sequence[Finding], hints: Sequence[Finding]) -> list[Offer]:
    """What can be done about all findings of a file at once.

    :param fitting: those with a suggestion that fits the text.
    :param hints: those that are only hints.
    """
    offers: list[Offer] = []
    if fitting:
        apply = Offer(
            f"Apply all of Claude's suggestions in this file ({len(fitting)})",
            names.KIND_FIX_ALL,
            names.FINDING_APPLY_ALL,
            {"uri": uri},
            suggestions=tuple(each.id for each in fitting),
        )
        offers.append(apply)
    if hints:
        argument = {"uri": uri, "severity": "hint"}
        words = f"Dismiss all of Claude's hints in this file ({len(hints)})"
        offers.append(Offer(words, names.KIND_DISMISS_HINTS, names.FINDING_DISMISS_ALL, argument))
    return offers


def about_selection(uri: str, range_: JsonObject, *, panel: bool) -> list[Offer]:
    """What can be done about a selection."""
    place = {"uri": uri, "range": range_}
    explaining = place | {"text": _EXPLAIN_CODE, "readOnly": True}
    offers = [
        Offer("Review the selection with Claude", names.KIND_CLAUDE, names.REVIEW, place),
        Offer("Explain the selection with Claude", names.KIND_CLAUDE, names.ASK, explaining),
    ]
    if panel:
        offers.append(
            Offer("Ask Claude about the selection", names.KIND_CLAUDE, names.CLIENT_ASK, place)
        )
    return offers


def about_diagnostic(uri: str, diagnostic: types.Diagnostic, shape: JsonObject) -> list[Offer]:
    """What can be done about what another language server says.

    :param shape: the diagnostic as it goes over the wire.
    """
    message = " ".join(diagnostic.message.split())
    said = message if len(message) <= _SHOWN else f"{message[: _SHOWN - 1].rstrip()}…"
    source = f" of {diagnostic.source}" if diagnostic.source else ""
    place: dict[str, Any] = {"uri": uri, "range": shape["range"]}
    question = f"Explain this diagnostic{source}, why it is given here, and what to do."
    told = place | {"diagnostics": [shape]}
    about = (diagnostic,)
    return [
        Offer(
            f"Explain with Claude: {said}",
            names.KIND_QUICK_FIX,
            names.ASK,
            told | {"text": question, "readOnly": True},
            about,
        ),
        Offer(f"Fix with Claude: {said}", names.KIND_QUICK_FIX, names.FIX, told, about),
        Offer(f"Debug with Claude: {said}", names.KIND_QUICK_FIX, names.DEBUG, told, about),
    ]


def about_diagnostics(
    uri: str, shapes: Sequence[JsonObject], diagnostics: Sequence[types.Diagnostic], *, asks: bool
) -> list[Offer]:
    """What can be done about all that other language servers say: of the file, or of a place in it.

    :param shapes: the diagnostics at the place, as they go over the wire.
    :param asks: whether the editor can be asked for those of the whole file.
    """
    if not shapes or (len(shapes) < 2 and not asks):
        return []
    told: dict[str, Any] = {"uri": uri} if asks else {"uri": uri, "diagnostics": list(shapes)}
    what = "all problems of this file" if asks else f"all {len(shapes)} problems here"
    asking = {**told, "text": _EXPLAIN_FILE, "readOnly": True}
    about = tuple(diagnostics)
    kind = names.KIND_QUICK_FIX
    return [
        Offer(f"Explain {what} with Claude", kind, names.ASK, asking, about),
        Offer(f"Fix {what} with Claude", kind, names.FIX, told, about),
        Offer(f"Debug {what} with Claude", kind, names.DEBUG, told, about),
    ]


def of_comment(uri: str, range_: JsonObject, question: str) -> Offer:
    """Ask what a comment asks. Code may come from anyone, so that nothing is done but read."""
    said = question if len(question) <= _SHOWN else f"{question[: _SHOWN - 1].rstrip()}…"
    argument = {"uri": uri, "range": range_, "text": question, "readOnly": True}
    return Offer(f"Ask Claude: {said}", names.KIND_CLAUDE, names.ASK, argument)
