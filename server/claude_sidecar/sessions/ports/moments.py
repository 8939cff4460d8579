"""What a turn asks of the store at its beginning, while it runs and at its end: one call each.

Each call is a way to the store's thread and back, for which a prompt or a result would wait; so
what is needed at one moment is asked for and written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.sessions.costs.spending import Spending
from claude_sidecar.sessions.model import ContextSize, Session, ToolCall, Turn
from claude_sidecar.sessions.ports.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands when a turn begins in it.

    :param successor: the session that was begun in its place, if it was lost.
    :param now: the time; the moment after the last use of any session where the clock has gone back
        since, so that what is used last is listed first all the same.
    :param shown: the `document_hash` of its last turn that ended and has one.
    :param asked: whether a question that an earlier turn put is still open.
    :param copies: of its transcripts.
    """

    session: Session
    successor: str | None
    now: float
    shown: str | None
    asked: bool
    copies: tuple[Transcript, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What came of a turn since it was last written down.

    :param text: is added to its reply.
    :param calls: are added, or bring those with their ids up to date.
    :param begun: the session of which Claude has a transcript from now on.
    :param spending: to whose tally its entries in the ledger are brought. Where its opening total
        is above what was last heard of the session, the difference is counted to the turn that was
        cut off in it, or to the session alone.
    """

    text: str = ""
    calls: Sequence[ToolCall] = ()
    begun: str | None = None
    spending: Spending | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended.

    :param turn: all of its fields are taken.
    :param title: what its session is called from now on; None where that stays.
    :param model: likewise, what it was last answered by.
    :param context: likewise, how full it is.
    """

    turn: Turn
    spending: Spending
    title: Callable[[Session], str | None]
    model: str | None = None
    context: ContextSize | None = None


class TurnMoments(Protocol):
    """The journal, the ledger and the session together, as a running turn needs them."""

    async def standing(self, session_id: str, now: float) -> Standing | None:
        """How a session stands; None if there is none of that id."""
        ...

    async def note(self, turn_id: str, news: News) -> None:
        """Write down what came of a turn."""
        ...

    async def conclude(self, ending: Ending) -> Session | None:
        """Write down how a turn ended, and give its session as it is then, if it is still there."""
        ...
