"""Every name that this server and its clients share: methods, commands, capabilities.

The editor extension has a file that says the same; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

SERVER_NAME: Final = "claude-sidecar"
CAPABILITY: Final = "claudeSidecar"
"""The field of a client's `capabilities.experimental` that says what it wants of us."""

SESSION_UPDATE: Final = "claudeSidecar/sessionUpdate"
REQUEST_PERMISSION: Final = "claudeSidecar/requestPermission"
ASK_QUESTION: Final = "claudeSidecar/askQuestion"
EDITOR_CONTEXT: Final = "claudeSidecar/editorContext"
SAVE_DOCUMENT: Final = "claudeSidecar/saveDocument"

_PREFIX = "claudeSidecar."

REVIEW: Final = _PREFIX + "review"
REVIEW_CHANGES: Final = _PREFIX + "reviewChanges"
DEBUG: Final = _PREFIX + "debug"
ASK: Final = _PREFIX + "ask"
FIX: Final = _PREFIX + "fix"
RUN_STEPS: Final = _PREFIX + "runSteps"
CANCEL: Final = _PREFIX + "cancel"
TURN_CONTINUE: Final = _PREFIX + "turn.continue"
TURN_RETRY: Final = _PREFIX + "turn.retry"
SESSION_NEW: Final = _PREFIX + "session.new"
SESSION_LIST: Final = _PREFIX + "session.list"
SESSION_RESUME: Final = _PREFIX + "session.resume"
SESSION_HISTORY: Final = _PREFIX + "session.history"
SESSION_RENAME: Final = _PREFIX + "session.rename"
SESSION_DELETE: Final = _PREFIX + "session.delete"
SESSION_HANDOVER: Final = _PREFIX + "session.handover"
SESSION_EXPORT: Final = _PREFIX + "session.export"
SESSION_FORK: Final = _PREFIX + "session.fork"
SESSION_COMPACT: Final = _PREFIX + "session.compact"
SESSION_REWIND: Final = _PREFIX + "session.rewind"
SESSION_SET_MODE: Final = _PREFIX + "session.setMode"
FINDING_LIST: Final = _PREFIX + "finding.list"
FINDING_APPLY: Final = _PREFIX + "finding.apply"
FINDING_APPLY_ALL: Final = _PREFIX + "finding.applyAll"
FINDING_DISMISS: Final = _PREFIX + "finding.dismiss"
FINDING_DISMISS_ALL: Final = _PREFIX + "finding.dismissAll"
FINDING_REOPEN: Final = _PREFIX + "finding.reopen"
FINDING_VERIFY: Final = _PREFIX + "finding.verify"
PERMISSION_LIST: Final = _PREFIX + "permission.list"
PERMISSION_REVOKE: Final = _PREFIX + "permission.revoke"
USAGE: Final = _PREFIX + "usage"
ESTIMATE: Final = _PREFIX + "estimate"
STATUS: Final = _PREFIX + "status"

COMMANDS: Final = (
    REVIEW,
    REVIEW_CHANGES,
    DEBUG,
    ASK,
    FIX,
    RUN_STEPS,
    CANCEL,
    TURN_CONTINUE,
    TURN_RETRY,
    SESSION_NEW,
    SESSION_LIST,
    SESSION_RESUME,
    SESSION_HISTORY,
    SESSION_RENAME,
    SESSION_DELETE,
    SESSION_HANDOVER,
    SESSION_EXPORT,
    SESSION_FORK,
    SESSION_COMPACT,
    SESSION_REWIND,
    SESSION_SET_MODE,
    FINDING_LIST,
    FINDING_APPLY,
    FINDING_APPLY_ALL,
    FINDING_DISMISS,
    FINDING_DISMISS_ALL,
    FINDING_REOPEN,
    FINDING_VERIFY,
    PERMISSION_LIST,
    PERMISSION_REVOKE,
    USAGE,
    ESTIMATE,
    STATUS,
)
"""All commands, as `executeCommandProvider` tells them."""

CLIENT_ASK: Final = _PREFIX + "askClaude"
"""A command of the client's own, where it declares `sessionUpdates`: it asks the user for the text of
a question about `{uri, range?, findingId?}`, and executes `ask` with it.
"""

DIAGNOSTIC_SOURCE: Final = "claude"

KIND_QUICK_FIX: Final = "quickfix"
KIND_CLAUDE: Final = "claude"
"""Of code actions that change nothing: reviews, questions."""
KIND_FIX_ALL: Final = "source.fixAll.claude"
KIND_DISMISS_HINTS: Final = "source.dismissHints.claude"
ACTION_KINDS: Final = (KIND_QUICK_FIX, KIND_CLAUDE, KIND_FIX_ALL, KIND_DISMISS_HINTS)
"""All kinds of code actions, as `codeActionProvider` tells them."""
