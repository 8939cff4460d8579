"""A program that becomes another one, in a session of its own: away from the terminal and its Ctrl-C.

Ctrl-C reaches every process of the terminal's foreground group. Claude Code ends of it, even where
the signal is blocked for it, because not all of its threads keep it blocked. It is interrupted by
the protocol instead, and serves the next prompt. Run by path, with nothing but the standard library.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Become the program that the arguments name."""
    os.setsid()
    # Whoever started us may have it blocked; the commands that Claude runs have a right to it.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{sys.argv[1]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()
