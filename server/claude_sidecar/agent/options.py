"""How the domain's options become Claude Code's: its command line and its environment.

Two kinds of settings are kept apart. `for_process` is what the process is started with, and only
a new process can change it. `for_client` is what this side serves while it runs: callbacks, hooks
and our own tools.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from claude_agent_sdk import (
    CanUseTool,
    ClaudeAgentOptions,
    EffortLevel,
    HookMatcher,
    McpSdkServerConfig,
    SettingSource,
)
from claude_agent_sdk.types import HookEvent

from claude_sidecar.errors import TurnFailure
from claude_sidecar.sessions.ports import AgentOptions, Drop

SERVER_NAME = "sidecar"
MESSAGE_LIMIT_BYTES = 64 * 1024 * 1024  # one message of Claude Code's; an image is several MB
START_SECONDS = 60.0

# Claude Code leaves these out unless they are asked for, and counts on Bash instead, which a review
# may not use. That they are allowed here does not free them from the policy of the turn.
_SEARCHING = ("Grep", "Glob")

# What holds unless the user's own `env` says otherwise.
_ENVIRONMENT = {
    # Deferred tools are absent from the model's first request; ours are few and wanted at once.
    "ENABLE_TOOL_SEARCH": "false",
    # A turn that has ended is in the transcript, for whoever goes on with it next.
    "CLAUDE_CODE_EAGER_FLUSH": "1",
    # A turn is one prompt and all that follows: subagents end before it does, not after.
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    # Plans are shown: the to-do list tells its whole state at each call, the task tools do not.
    "CLAUDE_CODE_ENABLE_TODO_TOOLS": "1",
    "CLAUDE_CODE_ENABLE_TASKS": "0",
}

# Claude Code asks git how things stand. In a workspace that is not trusted, the configuration that
# lies in it must not make git run programs.
_DISTRUST = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Which conversation a process serves, whether it finds a transcript of it, and which turn at
    its end it is to forget.
    """

    session_id: str
    begun: bool
    drop: Drop | None = None


def for_process(
    options: AgentOptions, conversation: Conversation, server: McpSdkServerConfig
) -> ClaudeAgentOptions:
    """What the process is started with.

    :raises TurnFailure: if the folder or the executable it names is not there.
    """
    _check(options)
    drop = conversation.drop if conversation.begun else None
    return ClaudeAgentOptions(
        cwd=options.cwd,
        cli_path=options.cli_path,
        env={
            **_ENVIRONMENT,
            **({} if options.trusted else _DISTRUST),
            **dict(options.env),
        },
        model=options.model,
        effort=cast("EffortLevel | None", options.effort),
        max_turns=options.max_turns,
        permission_mode="default",
        allowed_tools=[*_SEARCHING, *options.allowed_tools],
        disallowed_tools=list(options.disallowed_tools),
        setting_sources=cast("list[SettingSource]", list(options.setting_sources)),
        system_prompt={
            "type": "preset",
            "preset": "claude_code",
            "append": options.instructions,
        },
        mcp_servers={SERVER_NAME: server},
        strict_mcp_config=not options.trusted,
        session_id=None if conversation.begun else conversation.session_id,
        resume=conversation.session_id if conversation.begun else None,
        resume_session_at=drop.after if drop else None,
        resume_drops_turn=drop.turn_id if drop else None,
        include_partial_messages=True,
        permission_prompt_tool_name="stdio",
        max_buffer_size=MESSAGE_LIMIT_BYTES,
    )


def for_client(
    hooks: dict[HookEvent, list[HookMatcher]], permit: CanUseTool, server: McpSdkServerConfig
) -> ClaudeAgentOptions:
    """What this side serves while the process runs."""
    return ClaudeAgentOptions(
        can_use_tool=permit,
        hooks=hooks,
        mcp_servers={SERVER_NAME: server},
        forward_subagent_text=True,
    )


def _check(options: AgentOptions) -> None:
    if not Path(options.cwd).is_dir():
        raise TurnFailure(
            "process",
            f"The folder {options.cwd} does not exist, so Claude Code cannot work in it.",
            hint="Open a workspace folder that exists.",
            retryable=False,
        )
    if options.cli_path is None:
        return
    problem = None
    if not Path(options.cli_path).is_file():
        problem = f"There is no Claude Code at {options.cli_path}."
    elif not os.access(options.cli_path, os.X_OK):
        problem = f"{options.cli_path} may not be executed, so it is not Claude Code."
    if problem is not None:
        raise TurnFailure(
            "process",
            problem,
            hint="Correct the setting claudeSidecar.cliPath, or leave it out to use the one that "
            "comes with the Claude Agent SDK.",
            retryable=False,
        )
