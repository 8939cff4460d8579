"""Which answers are offered to a question, and what each of them would keep.

An answer for good becomes rules. Claude Code suggests some; they are offered only where they really
cover the use at hand, and in the scope that it suggests: what is meant for its settings can be kept
for the session or the workspace, the rest for the session. Where it suggests nothing, the rule
is as narrow as the use: this command, this file, this host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from claude_sidecar.sessions.policy import (
    PLAN_TOOL,
    TO_PLAN_TOOL,
    Guarded,
    Rule,
    Situation,
    covers,
    guard,
    parse_rule,
    sort_of,
)
from claude_sidecar.sessions.policy.tools import paths_of
from claude_sidecar.sessions.ports import PermissionOption, ToolUse

_SHOWN_RULES = 80
"""Characters of a rule in the name of an option."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer.

    :param rules: what is kept if it is given.
    :param lasting: for the workspace, and not only for the session.
    """

    option: PermissionOption
    rules: tuple[str, ...] = ()
    lasting: bool = False

    @property
    def allows(self) -> bool:
        """Whether it is a yes."""
        return self.option.kind in {"allow_once", "allow_always"}


def offers_for(situation: Situation, use: ToolUse) -> tuple[Offer, ...]:
    """The answers to offer, the plain yes first."""
    if use.name == PLAN_TOOL:
        return _PLAN
    if use.name == TO_PLAN_TOOL:
        return _YES_NO
    guarded = guard(situation, use)
    rules, lasting = _rules_for(situation, use, guarded)
    if not rules:
        return _YES_NO
    named = _named(rules)
    offers = [_YES, _always("allow_always", f"Always allow {named} in this session", rules)]
    if lasting:
        name = f"Always allow {named} in this workspace"
        offers.append(_always("allow_always_workspace", name, rules, lasting=True))
    return (*offers, _NO)


_YES = Offer(PermissionOption("allow_once", "Allow", "allow_once"))
_NO = Offer(PermissionOption("reject_once", "Refuse", "reject_once"))
_YES_NO = (_YES, _NO)
_PLAN = (
    Offer(PermissionOption("allow_once", "Approve, and ask before each edit", "allow_once")),
    Offer(PermissionOption("allow_always", "Approve, and allow edits", "allow_always")),
    Offer(PermissionOption("reject_once", "Keep planning", "reject_once")),
)


def _always(option_id: str, name: str, rules: Sequence[str], *, lasting: bool = False) -> Offer:
    return Offer(PermissionOption(option_id, name, "allow_always"), tuple(rules), lasting)


def _rules_for(
    situation: Situation, use: ToolUse, guarded: Guarded | None
) -> tuple[tuple[str, ...], bool]:
    """Rules that cover the use, and whether they may be kept for the workspace."""
    named = guarded is not None and guarded.needs_naming
    narrow = _narrow_rule(situation, use, guarded)
    own = (
        ((narrow,), not named and sort_of(use.name, use.input) != "edit") if narrow else ((), False)
    )
    suggested = [(each.rules, each.lasting) for each in use.suggestions]
    for rules, lasting in [*suggested, own]:
        if rules and covers(
            tuple(map(parse_rule, rules)),
            use.name,
            use.input,
            situation.confinement,
            named=named,
        ):
            return rules, lasting and not named
    return (), False


def _narrow_rule(situation: Situation, use: ToolUse, guarded: Guarded | None) -> str | None:
    command = use.input.get("command")
    if isinstance(command, str):
        return None if "*" in command else str(Rule(use.name, command))
    url = use.input.get("url")
    if use.name == "WebFetch" and isinstance(url, str):
        return str(Rule(use.name, f"domain:{_host(url)}")) if _host(url) else None
    if guarded is None or not guarded.needs_naming:
        return "Edit" if sort_of(use.name, use.input) == "edit" else use.name
    path = next(iter(paths_of(use.input).values()), None)
    place = None if path is None else situation.confinement.resolve(path)
    if place is None or set("*?") & set(place):
        return None
    tool = "Edit" if sort_of(use.name, use.input) == "edit" else "Read"
    return str(Rule(tool, f"/{place}"))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _named(rules: Sequence[str]) -> str:
    named = " ".join(
        " and ".join("all edits" if each == "Edit" else each for each in rules).split()
    )
    return named if len(named) <= _SHOWN_RULES else named[: _SHOWN_RULES - 1] + "…"
