"""What stands between Claude and its tools: every use of one passes here.

A process outlives turns and serves all kinds of them, so nothing of a turn's policy is in its
options. A `PreToolUse` hook sees every use, subagents' too, and asks the host of the turn that
runs now; with no turn running there is nobody to answer for it, and it is denied. The hook fails
closed: Claude Code blocks the tool when it breaks.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from claude_agent_sdk import (
    HookContext,
    HookInput,
    HookJSONOutput,
    HookMatcher,
    PermissionResult,
    PermissionResultAllow,
    PermissionResultDeny,
    ToolPermissionContext,
)
from claude_agent_sdk.types import HookEvent, PreToolUseHookSpecificOutput
from typing_extensions import assert_never

from claude_sidecar.agent.afterwards import READ, Afterwards, carried_out
from claude_sidecar.agent.options import SERVER_NAME
from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.sessions.events import ToolCallUpdated
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.policy import PLAN_TOOL, TO_PLAN_TOOL
from claude_sidecar.sessions.ports import (
    Allow,
    Ask,
    Defer,
    Deny,
    Done,
    Suggestion,
    ToolReply,
    ToolUse,
)

logger = logging.getLogger(__name__)

OWN_TOOLS = f"mcp__{SERVER_NAME}__"
_PLANNING = {PLAN_TOOL: False, TO_PLAN_TOOL: True}
"""What becomes of plan mode once the user has agreed to the use of these."""
_NOBODY = "The turn is over, so this cannot be decided any more. Stop here."
# The hook waits for nobody, and a user may think as long as it takes: the turn's end ends that.
_HOOK_SECONDS = 60.0


class Gate:
    """Brings each use of a tool before the host of the running turn.

    :param settle: finds out what has been spent, and tells the host.
    :ivar planning: whether Claude Code is in plan mode, as far as was heard.
    """

    def __init__(self, settle: Callable[[], Awaitable[None]]) -> None:
        self._settle = settle
        self._turn: ActiveTurn | None = None
        self._afterwards = Afterwards(lambda: self._turn)
        self._agents: dict[str, str] = {}
        self._callers: defaultdict[str, deque[str | None]] = defaultdict(deque)
        self.planning = False

    def enter(self, turn: ActiveTurn) -> None:
        """From now on, this turn's host decides."""
        self._turn = turn

    def leave(self) -> None:
        """The turn is over: calls that were announced and not made will not be made."""
        self._turn = None
        self._callers.clear()
        self._afterwards.leave()

    def hooks(self) -> dict[HookEvent, list[HookMatcher]]:
        """To be registered, by event. What comes after a tool's use changes words and no deeds, so
        its failure blocks nothing.
        """
        judge = HookMatcher(hooks=[self._judge], timeout=_HOOK_SECONDS, on_failure="block")
        reread = HookMatcher(f"{READ}|Edit|Write", [self._afterwards.after_use], _HOOK_SECONDS)
        remark = HookMatcher(hooks=[self._afterwards.after_batch], timeout=_HOOK_SECONDS)
        go_on = HookMatcher(hooks=[self._go_on], timeout=_HOOK_SECONDS)
        # The SDK hands on any event's name; its own list of names has not got this one.
        batch = cast("HookEvent", "PostToolBatch")
        return {"PreToolUse": [judge], "PostToolUse": [reread], batch: [remark, go_on]}

    async def permit(
        self, name: str, arguments: dict[str, Any], context: ToolPermissionContext
    ) -> PermissionResult:
        """Claude Code wants the user's consent, or answers to its questions."""
        if self._turn is None:
            return PermissionResultDeny(message=_NOBODY)
        host = self._turn.host
        use = ToolUse(
            id=context.tool_use_id or "",
            name=name,
            input=arguments,
            agent=self._agents.get(context.agent_id or ""),
            title=context.title,
            reason=context.decision_reason or None,
            suggestions=tuple(_suggestions(context)),
        )
        answer = await host.permit(use)
        match answer:
            case Allow():
                await host.let_through(_as_allowed(use, answer))
                host.emit(ToolCallUpdated(use.id, "in_progress"))
                if name in _PLANNING:
                    self.planning = _PLANNING[name]
                return PermissionResultAllow(updated_input=answer.updated_input)
            case Deny():
                return PermissionResultDeny(message=answer.reason)
            case Done():
                host.emit(ToolCallUpdated(use.id, "in_progress"))
                aside = self._afterwards.stand_in(use, answer)
                if aside is None:
                    return PermissionResultDeny(message=carried_out(use, answer))
                return PermissionResultAllow(updated_input=aside)
            case _:
                assert_never(answer)

    async def call(self, name: str, arguments: JsonObject) -> ToolReply:
        """Claude calls one of our own tools."""
        callers = self._callers.get(_fingerprint(OWN_TOOLS + name, arguments))
        agent = callers.popleft() if callers else None
        if self._turn is None:
            return ToolReply(_NOBODY, is_error=True)
        return await self._turn.host.call_tool(name, arguments, agent)

    async def _judge(
        self, given: HookInput, tool_use_id: str | None, _context: HookContext
    ) -> HookJSONOutput:
        if given["hook_event_name"] != "PreToolUse":
            return {}
        name, arguments = given["tool_name"], given["tool_input"]
        self.planning = given.get("permission_mode") == "plan"
        agent = given.get("agent_type") if given.get("agent_id") else None
        if agent is not None:
            self._agents[given.get("agent_id", "")] = agent
        turn = self._turn
        if turn is None:
            return _decision("deny", _NOBODY)
        use = ToolUse(tool_use_id or given["tool_use_id"], name, arguments, agent)
        # Questions come another way than messages and may overtake them.
        await turn.announced(use.id)
        host = turn.host
        verdict = await host.judge(use)
        if isinstance(verdict, Allow | Defer | Ask):
            await host.let_through(_as_allowed(use, verdict))
        match verdict:
            case Allow():
                self._expect(name, verdict.updated_input or arguments, agent)
                host.emit(ToolCallUpdated(use.id, "in_progress"))
                return _decision("allow", updated=verdict.updated_input)
            case Defer():
                self._expect(name, arguments, agent)
                return {}
            case Ask():
                self._expect(name, arguments, agent)
                return _decision("ask", verdict.reason)
            case Deny():
                return _decision("deny", verdict.reason)
            case Done():
                host.emit(ToolCallUpdated(use.id, "in_progress"))
                aside = self._afterwards.stand_in(use, verdict)
                if aside is None:
                    return _decision("deny", carried_out(use, verdict))
                return _decision("allow", updated=aside)
            case _:
                assert_never(verdict)

    async def _go_on(
        self, _given: HookInput, _tool_use_id: str | None, _context: HookContext
    ) -> HookJSONOutput:
        """Whether there is money for another call. Ending a turn here costs none of it: what the
        tools have done is kept, and the conversation can go on from it.
        """
        turn = self._turn
        if turn is None:
            return {}
        await self._settle()
        reason = await turn.host.out_of_budget()
        if reason is None:
            return {}
        turn.hold()
        return {"continue_": False, "stopReason": reason}

    def _expect(self, name: str, arguments: JsonObject, agent: str | None) -> None:
        """Remember who calls one of our tools: the call itself does not tell."""
        if name.startswith(OWN_TOOLS):
            self._callers[_fingerprint(name, arguments)].append(agent)


def _suggestions(context: ToolPermissionContext) -> Iterator[Suggestion]:
    """The rules among what Claude Code suggests; a mode or a folder is not for it to choose."""
    for update in context.suggestions:
        if update.type == "addRules" and update.behavior == "allow":
            rules = [
                each.tool_name
                if each.rule_content is None
                else f"{each.tool_name}({each.rule_content})"
                for each in update.rules or ()
            ]
            yield Suggestion(tuple(rules), lasting=update.destination != "session")


def _as_allowed(use: ToolUse, verdict: Allow | Defer | Ask) -> ToolUse:
    changed = verdict.updated_input if isinstance(verdict, Allow) else None
    return use if changed is None else replace(use, input=changed)


def _decision(
    decision: str, reason: str | None = None, *, updated: JsonObject | None = None
) -> HookJSONOutput:
    output: PreToolUseHookSpecificOutput = {"hookEventName": "PreToolUse"}
    match decision:
        case "allow":
            output["permissionDecision"] = "allow"
        case "ask":
            output["permissionDecision"] = "ask"
        case _:
            output["permissionDecision"] = "deny"
    if reason is not None:
        output["permissionDecisionReason"] = reason
    if updated is not None:
        output["updatedInput"] = updated
    return {"hookSpecificOutput": output}


def _fingerprint(name: str, arguments: JsonObject) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True)}"
