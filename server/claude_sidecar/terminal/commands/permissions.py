"""`claude-sidecar permissions`: what was allowed for good, and taking it back."""

from __future__ import annotations

import click
from rich.text import Text

from claude_sidecar.sessions.ports import KeptRule
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.ids import full_rule_id
from claude_sidecar.terminal.invocation import invoked, opened
from claude_sidecar.terminal.options import takes_flags
from claude_sidecar.terminal.places import shown_path
from claude_sidecar.terminal.program import FINE
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.visible import one_line


@click.group("permissions", short_help="What was allowed for good.")
def command() -> None:
    """List what was allowed or refused for good, and take it back.

    A rule is named by its id, or by as much of the id as tells it from the others.
    """


@command.command("list")
@click.option("--all", "everywhere", is_flag=True, help="In all workspaces.")
@takes_flags(asks_claude=False)
def list_(flags: Flags, *, everywhere: bool) -> int:
    """List the rules that hold in the workspace, or in single sessions of it."""
    invocation = invoked(flags)
    workspace = invocation.workspaces.key_of_workspace().workspace
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        rules = engine.call(engine.sidecar.rules.list, None if everywhere else workspace)
    for rule in rules:
        _print(invocation.screen, rule, everywhere=everywhere)
    if not rules:
        invocation.screen.note("Nothing was allowed for good here.")
    return FINE


@command.command("revoke")
@click.argument("rule")
@takes_flags(asks_claude=False)
def revoke(flags: Flags, *, rule: str) -> int:
    """Take a rule back: what it was about is asked from now on."""
    invocation = invoked(flags)
    with opened(invocation) as sidecar:
        engine = sidecar.engine
        rule_id = full_rule_id(engine, rule)
        engine.call(engine.sidecar.rules.revoke, rule_id)
    invocation.screen.line(f"Taken back: rule {rule_id}")
    return FINE


def _print(screen: Screen, rule: KeptRule, *, everywhere: bool) -> None:
    where = "in the workspace" if rule.session_id is None else f"in session {rule.session_id[:8]}"
    place = f" {shown_path(rule.workspace)}" if everywhere else ""
    word, style = ("allowed", "green") if rule.allows else ("refused", "red")
    screen.line(
        Text.assemble(
            (rule.id[:8], "dim"), " ", (word, style), f" {one_line(rule.rule)} {where}{place}"
        )
    )
