"""What a turn may do: the decision (`judging`), and what it is made of.

`tools` tells the sorts of tools apart, `confinement` where a path leads, `secrets` which files hold
secrets, `commands` what a shell command reaches, and `rules` what the user has allowed for good.
"""

from claude_sidecar.sessions.policy.confinement import Confinement
from claude_sidecar.sessions.policy.judging import (
    NOBODY_IS_ASKED,
    Guarded,
    Situation,
    Verdict,
    allowance_of,
    guard,
    in_its_place,
    judge,
)
from claude_sidecar.sessions.policy.rules import Rule, covers, parse_rule
from claude_sidecar.sessions.policy.tools import (
    PLAN_TOOL,
    QUESTION_TOOL,
    SIDECAR_PREFIX,
    TO_PLAN_TOOL,
    sort_of,
)

__all__ = [
    "NOBODY_IS_ASKED",
    "PLAN_TOOL",
    "QUESTION_TOOL",
    "SIDECAR_PREFIX",
    "TO_PLAN_TOOL",
    "Confinement",
    "Guarded",
    "Rule",
    "Situation",
    "Verdict",
    "allowance_of",
    "covers",
    "guard",
    "in_its_place",
    "judge",
    "parse_rule",
    "sort_of",
]
