"""What turns are asked for with, and cancelled."""

from __future__ import annotations

import attrs
from lsprotocol import types

from claude_sidecar.debugging.debugger import DebugState
from claude_sidecar.lsp.arguments import (
    debug_state,
    diagnostic,
    flag,
    optional,
    range_,
    required,
    several,
    text,
    words,
)
from claude_sidecar.lsp.wire.place import Place, place


@attrs.frozen
class ReviewArguments:
    """`review`."""

    uri: Place = place()
    range: types.Range | None = optional(range_)
    focus: str | None = optional(text)
    fresh: bool = optional(flag, default=False)
    reviewers: tuple[str, ...] = optional(several(words, "names"), ())
    verify: bool = optional(flag, default=False)
    confirmed: bool = optional(flag, default=False)


@attrs.frozen
class ReviewChangesArguments:
    """`reviewChanges`; `base` is "working", "staged" or a revision."""

    workspace: str | None = optional(words)
    base: str = optional(words, "working")
    focus: str | None = optional(text)
    fresh: bool = optional(flag, default=False)
    reviewers: tuple[str, ...] = optional(several(words, "names"), ())
    verify: bool = optional(flag, default=False)
    confirmed: bool = optional(flag, default=False)


@attrs.frozen
class DebugArguments:
    """`debug`."""

    uri: Place = place()
    range: types.Range | None = optional(range_)
    error: str | None = optional(text)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())
    debug_state: DebugState | None = optional(debug_state)
    test: str | None = optional(words)
    fresh: bool = optional(flag, default=False)


@attrs.frozen
class AskArguments:
    """`ask`."""

    text: str = required(words)
    uri: Place = place()
    range: types.Range | None = optional(range_)
    session_id: str | None = optional(words)
    finding_id: str | None = optional(words)
    fresh: bool = optional(flag, default=False)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())
    read_only: bool = optional(flag, default=False)


@attrs.frozen
class FixArguments:
    """`fix`: a finding, else what is wrong in a range of a file."""

    finding_id: str | None = optional(words)
    uri: Place = place()
    range: types.Range | None = optional(range_)
    diagnostics: tuple[types.Diagnostic, ...] = optional(several(diagnostic, "diagnostics"), ())


@attrs.frozen
class RunStepsArguments:
    """`runSteps`: a list, or (`resume`) what is left of the last one."""

    steps: tuple[str, ...] | None = optional(several(words, "prompts"))
    uri: Place = place()
    stop_on_error: bool = optional(flag, default=True)
    resume: bool = optional(flag, default=False)


@attrs.frozen
class CancelArguments:
    """`cancel`."""

    session_id: str | None = optional(words)
    turn_id: str | None = optional(words)
