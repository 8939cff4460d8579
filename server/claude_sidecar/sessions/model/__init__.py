"""The nouns of the domain: keys, sessions, turns and what a turn gives back.

Times are seconds since the epoch (UTC), costs US dollars, paths absolute and canonical with `/`.
"""

from claude_sidecar.sessions.model.amounts import ContextSize, Cost, Usage
from claude_sidecar.sessions.model.queries import FindingQuery, SessionPage, SessionQuery
from claude_sidecar.sessions.model.results import (
    Compaction,
    Recovery,
    RecoveryMeans,
    StopReason,
    TurnError,
    TurnResult,
    Verification,
    VerificationState,
    not_ended_well,
)
from claude_sidecar.sessions.model.sessions import Key, PermissionMode, Session, SessionState
from claude_sidecar.sessions.model.tool_calls import (
    JsonObject,
    Location,
    ToolCall,
    ToolCallStatus,
    ToolKind,
)
from claude_sidecar.sessions.model.turns import TURN_KINDS, Allowance, Turn, TurnKind, TurnState

__all__ = [
    "TURN_KINDS",
    "Allowance",
    "Compaction",
    "ContextSize",
    "Cost",
    "FindingQuery",
    "JsonObject",
    "Key",
    "Location",
    "PermissionMode",
    "Recovery",
    "RecoveryMeans",
    "Session",
    "SessionPage",
    "SessionQuery",
    "SessionState",
    "StopReason",
    "ToolCall",
    "ToolCallStatus",
    "ToolKind",
    "Turn",
    "TurnError",
    "TurnKind",
    "TurnResult",
    "TurnState",
    "Usage",
    "Verification",
    "VerificationState",
    "not_ended_well",
]
