"""What a turn may do with Claude Code's tools.

A review reads and reports. A debugging turn may also run commands. Only what the user asks for in
words may edit. The decision is made for each use of a tool, because one process serves all kinds
of turns, and outside the model, because code under review may talk to that.

The order of the questions is the policy: what the turn may do at all, what needs no asking, what
leads out of the workspace or to a secret, the user's rules, the permission mode. What none of them
decides is left to Claude Code's own rules.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from claude_sidecar.sessions.keys import is_inside
from claude_sidecar.sessions.model import Allowance, JsonObject, PermissionMode, TurnKind
from claude_sidecar.sessions.policy.commands import reach_of
from claude_sidecar.sessions.policy.confinement import Confinement
from claude_sidecar.sessions.policy.protected import is_protected
from claude_sidecar.sessions.policy.rules import Rule, covers
from claude_sidecar.sessions.policy.secrets import is_secret, search_exclusions
from claude_sidecar.sessions.policy.tools import ToolSort, paths_of, sort_of
from claude_sidecar.sessions.ports import Allow, Ask, Defer, Deny, ToolUse

Verdict: TypeAlias = Allow | Defer | Ask | Deny
Concern: TypeAlias = Literal["outside", "secret", "protected", "untold"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision depends on beside the use itself.

    :param allowance: what the turn may do at all.
    :param mode: the permission mode in force.
    :param subject: the canonical path of the file that the turn is about: the user has shown it.
    :param claude_folders: canonical paths of Claude Code's own folders: its plans, and long results
        of tools in this session.
    :param allowed: rules that allow.
    :param refused: rules that refuse.
    """

    kind: TurnKind
    allowance: Allowance
    confinement: Confinement
    mode: PermissionMode = "default"
    trusted: bool = True
    subject: str | None = None
    claude_folders: tuple[str, ...] = ()
    allowed: tuple[Rule, ...] = ()
    refused: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Guarded:
    """Why a use is asked about whatever general rules and modes say."""

    concern: Concern
    path: str

    @property
    def needs_naming(self) -> bool:
        """Whether only a rule that names the very place or command speaks for it."""
        return self.concern != "untold"

    @property
    def reason(self) -> str:
        """For the user, and for Claude where it is refused."""
        match self.concern:
            case "outside":
                return f"{self.path} is outside the workspace."
            case "secret":
                return f"{self.path} may hold secrets."
            case "protected":
                return f"{self.path} can make other programs run something."
            case "untold":
                return "What this reads or runs cannot be told from its words."


def judge(situation: Situation, use: ToolUse) -> Verdict:
    """Whether the tool may be used so."""
    sort = sort_of(use.name, use.input)
    refusal = _forbidden(situation, sort, use)
    if refusal is not None:
        return Deny(refusal)
    if sort == "free" or (sort in {"read", "edit"} and _is_claudes_own(situation, sort, use)):
        return Allow()
    if sort in {"question", "plan", "to_plan"}:
        return Ask()
    guarded = guard(situation, use)
    if guarded is not None and guarded.concern == "outside" and situation.allowance == "read":
        return Deny(f"{guarded.reason} This task stays inside it.")
    ruled = _by_rule(situation, use, guarded)
    if ruled is not None:
        return _in_its_place(situation, use) if isinstance(ruled, Allow) else ruled
    return _without_rule(situation, sort, use, guarded)


def _without_rule(
    situation: Situation, sort: ToolSort, use: ToolUse, guarded: Guarded | None
) -> Verdict:
    bypassed = situation.mode == "bypassPermissions" and situation.trusted
    if guarded is None or (bypassed and not guarded.needs_naming):
        accepted = situation.mode == "acceptEdits" and sort == "edit"
        if sort == "read" or bypassed or accepted:
            return _in_its_place(situation, use)
    if situation.mode == "dontAsk" and (guarded is not None or sort in {"web", "other"}):
        return Deny(f"{guarded.reason if guarded else ''} {NOBODY_IS_ASKED}".strip())
    if guarded is not None:
        return Ask(guarded.reason)
    if sort in {"web", "other"}:
        return Ask()
    moved = _in_its_place(situation, use).updated_input
    return Defer() if moved is None else Ask(_through_a_link(moved))


NOBODY_IS_ASKED = "The developer has chosen not to be asked, so this was not done."


def guard(situation: Situation, use: ToolUse) -> Guarded | None:
    """What speaks against doing it unasked: where its paths lead, what its command reaches."""
    command = use.input.get("command")
    if isinstance(command, str):
        reach = reach_of(command, situation.confinement)
        if reach.outside or reach.secret:
            return Guarded("outside", reach.outside) if reach.outside else _secret(reach.secret)
        return Guarded("untold", "") if reach.untold else None
    edits = sort_of(use.name, use.input) == "edit"
    concerns = [
        each
        for path in paths_of(use.input).values()
        if (each := _path(situation, path, edits=edits))
    ]
    pattern = use.input.get("pattern")
    if use.name == "Glob" and isinstance(pattern, str):
        base = use.input.get("path")
        inside = situation.confinement.glob_stays_inside(
            pattern, base if isinstance(base, str) else None
        )
        if not inside:
            concerns.append(Guarded("outside", pattern))
    return concerns[0] if concerns else None


def allowance_of(kind: TurnKind) -> Allowance:
    """What a kind of turn may do, where its plan says nothing else."""
    match kind:
        case "review" | "compact":
            return "read"
        case "debug":
            return "run"
        case "ask" | "fix" | "step":
            return "edit"


def _secret(path: str | None) -> Guarded | None:
    return None if path is None else Guarded("secret", path)


def _path(situation: Situation, path: str, *, edits: bool = False) -> Guarded | None:
    place = situation.confinement.resolve(path)
    if place is None or not situation.confinement.holds(place):
        return Guarded("outside", path)
    inner = situation.confinement.within(place)
    if place != situation.subject and is_secret(inner):
        return Guarded("secret", path)
    if edits and is_protected(inner):
        return Guarded("protected", path)
    return None


def _forbidden(situation: Situation, sort: ToolSort, use: ToolUse) -> str | None:
    """Why such a tool is not for this turn at all."""
    harmless = sort in {"free", "read", "question"}
    if not situation.trusted and sort in {"edit", "run", "other", "plan", "to_plan"}:
        return (
            f"{use.name} is not available: the developer does not trust this workspace. Nothing in "
            "it is run or changed; read and report."
        )
    if situation.allowance == "read" and not harmless:
        where = "in a review" if situation.kind == "review" else "in this task"
        return (
            f"{use.name} is not available {where}: read and report only. Propose changes "
            "as findings; the developer can ask for them afterwards."
        )
    if situation.allowance == "run" and sort == "edit":
        return (
            "Finding the cause comes first: describe the change instead of making it. The "
            "developer can ask for it afterwards."
        )
    if situation.mode == "plan" and sort == "edit" and not _is_claudes_own(situation, sort, use):
        return (
            "The developer wants a plan first: nothing is changed before it is approved. Put it "
            "forward with ExitPlanMode."
        )
    return None


def _is_claudes_own(situation: Situation, sort: ToolSort, use: ToolUse) -> bool:
    """Whether it is about Claude Code's own files: it writes its plans, and reads long results."""
    if sort == "edit" and (situation.mode != "plan" or situation.allowance == "read"):
        return False
    places = [situation.confinement.resolve(path) for path in paths_of(use.input).values()]
    return bool(places) and all(
        place is not None and any(is_inside(place, folder) for folder in situation.claude_folders)
        for place in places
    )


def _by_rule(situation: Situation, use: ToolUse, guarded: Guarded | None) -> Allow | Deny | None:
    confinement = situation.confinement
    if covers(situation.refused, use.name, use.input, confinement, any_part=True):
        return Deny("The developer has decided that this is not to be done.")
    named = guarded is not None and guarded.needs_naming
    if situation.trusted and covers(
        situation.allowed, use.name, use.input, confinement, named=named
    ):
        return Allow()
    return None


def _through_a_link(moved: JsonObject) -> str:
    return f"It goes through a link, to {', '.join(paths_of(moved).values())}."


def _in_its_place(situation: Situation, use: ToolUse) -> Allow:
    """Allowed, for the place that was judged: what is opened is where the links led just now. A
    search leaves out what holds secrets.
    """
    moved: JsonObject = {}
    for name, path in paths_of(use.input).items():
        place = situation.confinement.resolve(path)
        spelled = os.path.normpath(os.path.join(situation.confinement.workspace, path))  # noqa: PTH118
        if place is not None and place != spelled.replace(os.sep, "/"):
            moved[name] = place
    if use.name == "Grep" and "path" not in _named_secrets(situation, use):
        moved["glob"] = f"{use.input.get('glob') or ''} {search_exclusions()}".strip()
    return Allow({**use.input, **moved}) if moved else Allow()


def _named_secrets(situation: Situation, use: ToolUse) -> set[str]:
    return {
        name
        for name, path in paths_of(use.input).items()
        if (concern := _path(situation, path)) is not None and concern.concern == "secret"
    }


def in_its_place(situation: Situation, use: ToolUse) -> ToolUse:
    """A use that the user has allowed, for the place that was judged."""
    updated = _in_its_place(situation, use).updated_input
    return use if updated is None else replace(use, input=updated)
