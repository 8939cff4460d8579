"""Every error the sidecar raises on purpose, in one tree.

SidecarError
├── InvalidRequest            a request names something wrong; `field` says which part of it
│   ├── UnknownId             no session, turn or finding has that id
│   ├── UnusableDocument      the file cannot be worked on (missing, binary, too large, ...)
│   └── NothingChanged        there are no changes to review
├── TurnFailure               a turn could not begin, or broke; `kind`, `hint`, `retryable`
│   ├── SessionNotResumable   Claude no longer has the conversation; its journal still does
│   └── SessionBusy           another process has the session, and does not let go of it
├── AnchorError               a quote is not in the text it was taken from, or not only once
├── NoContext                 the editor did not say what it was asked, or not so that it can be used
├── EditRefused               a file was not changed, and why; nothing of the step was done
└── StoreError                the store cannot be used as it is
    └── StoreTooNew           it was written by a newer version and is left untouched

Messages are written for the person at the editor: they name the thing and say what to do.
Foreign errors (SQLite, the Claude Agent SDK, the operating system) are mapped into this tree
once, where they arise.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ErrorKind: TypeAlias = Literal[
    "authentication",
    "billing",
    "rate_limit",
    "overloaded",
    "network",
    "process",
    "api",
    "internal",
]


class SidecarError(Exception):
    """Base of all errors raised on purpose."""


class InvalidRequest(SidecarError):
    """A request that cannot be carried out as it stands. LSP: `InvalidParams`.

    :param message: what is wrong and what would be right.
    :param field: the wire name of the offending field (`uri`, `sessionId`, ...), if it is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnknownId(InvalidRequest):
    """No session, turn, finding or rule has the given id."""

    def __init__(self, what: str, identifier: str, *, field: str) -> None:
        super().__init__(
            f"Unknown {what} {identifier!r}: it does not exist or was deleted.", field=field
        )
        self.identifier = identifier


class UnusableDocument(InvalidRequest):
    """A file that cannot be reviewed, debugged or asked about."""

    def __init__(self, path: str, problem: str, *, field: str = "uri") -> None:
        super().__init__(f"{path}: {problem}", field=field)
        self.path = path
        self.problem = problem


class NothingChanged(InvalidRequest):
    """A review of changes was asked for where there are none."""

    def __init__(self, workspace: str, base: str) -> None:
        since = {
            "working": "no uncommitted changes",
            "staged": "no staged changes",
        }.get(base, f"no changes since {base}")
        super().__init__(f"There are {since} in {workspace}: nothing to review.", field="base")


class TurnFailure(SidecarError):
    """A turn failed, or could not begin. LSP: `RequestFailed`, or `TurnResult.error`.

    :param kind: one of :data:`ErrorKind`.
    :param message: what happened.
    :param hint: what the user can do about it.
    :param retryable: whether the same request may succeed later, unchanged.
    """

    def __init__(self, kind: ErrorKind, message: str, *, hint: str, retryable: bool) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.message = message
        self.hint = hint
        self.retryable = retryable


class SessionNotResumable(TurnFailure):
    """Claude no longer has this conversation: its transcript is gone, cut or unreadable."""

    def __init__(self, session_id: str, reason: str) -> None:
        super().__init__(
            "process",
            f"Claude cannot resume session {session_id}: {reason}",
            hint="It is continued in a new session that is told what was said before.",
            retryable=True,
        )
        self.session_id = session_id
        self.reason = reason


class SessionBusy(TurnFailure):
    """Another process has the session: two at once would tear the conversation apart.

    :param who: that process, in words.
    :param reason: why waiting for it was given up.
    """

    def __init__(self, session_id: str, who: str, reason: str) -> None:
        super().__init__(
            "process",
            f"Session {session_id} is in use: {who} {reason}.",
            hint="End that process, or wait until it is done, and send the prompt again; "
            "or begin a new session (`fresh`).",
            retryable=True,
        )
        self.session_id = session_id


class AnchorError(SidecarError):
    """A quote cannot be anchored; the message is for the model, so that it can mend its call."""


class EditRefused(SidecarError):
    """A file, or any of several, was not changed; the message says why, also to the model."""


class NoContext(SidecarError):
    """What only the editor knows is not to be had; the message is for the model."""


class StoreError(SidecarError):
    """The store cannot be opened, read or written as it is."""


class StoreTooNew(StoreError):
    """The store was written by a newer version of claude-sidecar; it is left untouched."""
