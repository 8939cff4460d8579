"""What the domain needs from outside, as protocols: a store, an agent, an editor.

The adapters (`store`, `agent`, `lsp`, `terminal`) implement these; the domain never imports them.
"""

from claude_sidecar.sessions.ports.agent import (
    Agent,
    AgentHealth,
    AgentOptions,
    AgentOutcome,
    AgentRequest,
    Allow,
    Ask,
    Defer,
    Deny,
    Done,
    Excerpt,
    Suggestion,
    ToolReply,
    ToolSpec,
    ToolUse,
    TurnHost,
    UsedTool,
)
from claude_sidecar.sessions.ports.checkpoints import Checkpoint, CheckpointRecords, FileState
from claude_sidecar.sessions.ports.editor import (
    Document,
    Editor,
    FileEdit,
    PermissionOptionKind,
    PermissionQuestion,
    Question,
    QuestionOption,
    UserQuestions,
)
from claude_sidecar.sessions.ports.store import (
    FindingRecords,
    SessionRecords,
    Store,
    StoreHealth,
    TurnRecords,
)

__all__ = [
    "Agent",
    "AgentHealth",
    "AgentOptions",
    "AgentOutcome",
    "AgentRequest",
    "Allow",
    "Ask",
    "Checkpoint",
    "CheckpointRecords",
    "Defer",
    "Deny",
    "Document",
    "Done",
    "Editor",
    "Excerpt",
    "FileEdit",
    "FileState",
    "FindingRecords",
    "PermissionOptionKind",
    "PermissionQuestion",
    "Question",
    "QuestionOption",
    "SessionRecords",
    "Store",
    "StoreHealth",
    "Suggestion",
    "ToolReply",
    "ToolSpec",
    "ToolUse",
    "TurnHost",
    "TurnRecords",
    "UsedTool",
    "UserQuestions",
]
