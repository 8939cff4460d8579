"""The log: to standard error, at the level that is set, and without what is in the files.

pygls logs whole messages, source text in them; its loggers are silenced, and what matters of its
failures is logged by the protocol. So are those of the Claude Agent SDK, which calls the end of a
process fatal that we expect and answer; what matters of it is in the result of the turn.
"""

from __future__ import annotations

import logging
import sys

from claude_sidecar.discreet import PACKAGE, DiscreetFormatter

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(level: str) -> None:
    """Log to standard error. Once a process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for library in ("pygls", "claude_agent_sdk"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    set_level(level)


def set_level(level: str) -> None:
    """How much is logged: `debug`, `info`, `warning` or `error`."""
    logging.getLogger(PACKAGE).setLevel(level.upper())
