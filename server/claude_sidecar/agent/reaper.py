"""A program that outlives a sidecar which was killed, and ends the processes that one left behind.

Claude Code goes on with its turn when its input closes: it would work, and cost, for nobody. On
standard input come lines, `+PID` for a process that began and `-PID` for one that ended. When the
input closes the sidecar is gone, and so must be whatever it had begun. It is run by path, with
nothing but the standard library, so that it starts fast and small.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

POLITE_SECONDS = 2.0
LOOK_SECONDS = 0.05


def main() -> None:
    """Read until the input closes, then end what is left."""
    left: set[int] = set()
    for line in sys.stdin:
        change, pid = line[0], int(line[1:])
        if change == "+":
            left.add(pid)
        else:
            left.discard(pid)
    _send(left, signal.SIGTERM)
    deadline = time.monotonic() + POLITE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        left = {pid for pid in left if _exists(pid)}
    _send(left, getattr(signal, "SIGKILL", signal.SIGTERM))


def _send(pids: set[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, what)


def _exists(pid: int) -> bool:
    if sys.platform == "win32":  # where a signal of any number ends the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


if __name__ == "__main__":
    main()
