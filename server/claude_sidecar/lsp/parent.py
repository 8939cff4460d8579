"""Watches the process that started us, by the `processId` of `initialize`."""

from __future__ import annotations

import os
import sys

import anyio

_POLL_SECONDS = 2.0


def known_here(process_id: int | None) -> int | None:
    """The id, if there is such a process now: look before `initialize` is answered.

    A client in another container or on another machine gives an id that means nothing here.
    """
    if process_id is None or process_id <= 0 or not _is_alive(process_id):
        return None
    return process_id


async def gone(process_id: int) -> None:
    """Return once the process is gone."""
    while _is_alive(process_id):  # noqa: ASYNC110 - nothing announces it
        await anyio.sleep(_POLL_SECONDS)


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x0010_0000
    _WAIT_TIMEOUT = 0x0000_0102

    def _is_alive(process_id: int) -> bool:
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, process_id)
        if not handle:
            return False
        try:
            return kernel.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT
        finally:
            kernel.CloseHandle(handle)

else:

    def _is_alive(process_id: int) -> bool:
        try:
            os.kill(process_id, 0)
        except PermissionError:
            return True
        except (ProcessLookupError, OverflowError):
            return False
        return True
