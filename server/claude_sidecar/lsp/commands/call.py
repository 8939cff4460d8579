"""What every command is given beside its argument, and the table entry that describes one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lsprotocol import types

from claude_sidecar.sidecar import Sidecar

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Call:
    """One execution of a command; `token` is its `workDoneToken`."""

    sidecar: Sidecar
    token: types.ProgressToken | None


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """One command: its id, the class of its argument, its handler."""

    name: str
    arguments: type[A]
    run: Callable[[Call, A], Awaitable[Any]]
