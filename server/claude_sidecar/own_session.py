"""A program that becomes another one, in a session of its own: away from the terminal and its Ctrl-C.

Ctrl-C reaches every process of the terminal's foreground group. Claude Code ends of it, even where
the signal is blocked for it, because not all of its threads keep it blocked. It is interrupted by
the protocol instead, and serves the next prompt.

In the terminal's engine Ctrl-C is blocked, and what is started there inherits that. The commands
that Claude runs have a right to it, and so has a test runner, which interrupts what it has started
itself. Between fork and exec a process with threads cannot safely mend it, so this one does, after
the exec. It is run by path, with nothing but the standard library.
"""

from __future__ import annotations

import os
import signal
import sys


def in_own_session(*command: str) -> list[str]:
    """The command line that runs a command in a session of its own, with the same process id."""
    return [sys.executable, "-I", "-S", __file__, *command]


def main() -> None:
    """Become the program that the arguments name."""
    if os.getsid(0) != os.getpid():  # else whoever started us has seen to it
        os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # Python ignores these as it starts, and what is ignored stays so in the program to come.
    for each in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(each, signal.SIG_DFL)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{sys.argv[1]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()
