"""What is spent: tokens and dollars by model, and to which turn and session they are counted.

A `Bill` is the unit. Claude Code tells one for a whole conversation, from its first turn on; what a
turn spent is what came on top of it. The store keeps a ledger of them that outlives the sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from claude_sidecar.sessions.model import Usage


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and what they cost, in US dollars."""

    usage: Usage = Usage()
    cost_usd: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.usage + other.usage, self.cost_usd + other.cost_usd)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.usage - other.usage, self.cost_usd - other.cost_usd)

    def __bool__(self) -> bool:
        return self != Spent()


@dataclass(frozen=True, slots=True)
class Bill:
    """What was spent, by the model's name."""

    by_model: Mapping[str, Spent] = field(default_factory=dict[str, Spent])

    @property
    def usage(self) -> Usage:
        """The tokens of all models together."""
        return sum((spent.usage for spent in self.by_model.values()), Usage())

    @property
    def cost_usd(self) -> float:
        """The cost of all models together."""
        return sum(spent.cost_usd for spent in self.by_model.values())

    def __add__(self, other: Bill) -> Bill:
        models = dict.fromkeys((*self.by_model, *other.by_model))
        return Bill({model: self.of(model) + other.of(model) for model in models})

    def __sub__(self, other: Bill) -> Bill:
        models = dict.fromkeys((*self.by_model, *other.by_model))
        left = {model: self.of(model) - other.of(model) for model in models}
        return Bill({model: spent for model, spent in left.items() if spent})

    def __bool__(self) -> bool:
        return any(self.by_model.values())

    def of(self, model: str) -> Spent:
        """What one model was paid for."""
        return self.by_model.get(model, Spent())


@dataclass(frozen=True, slots=True)
class Tally:
    """What a turn has spent so far, all of it.

    :param bill: what Claude Code has told.
    :param estimate: what is not in it yet, of a message that is still being written.
    :param opening_usd: Claude's running total for the conversation when its process started, which
        also tells of what was spent without us; None where it did not say.
    :param billed_usd: that total now.
    """

    bill: Bill = Bill()
    estimate: Bill = Bill()
    opening_usd: float | None = None
    billed_usd: float | None = None

    def __add__(self, later: Tally) -> Tally:
        """With what was spent after it, in the same conversation."""
        opening = later.opening_usd if self.opening_usd is None else self.opening_usd
        billed = self.billed_usd if later.billed_usd is None else later.billed_usd
        bill = self.bill + self.estimate + later.bill
        return Tally(bill, later.estimate, opening, billed)

    @property
    def whole(self) -> Bill:
        """As much as is known."""
        return self.bill + self.estimate

    @property
    def cost_usd(self) -> float:
        """Likewise, in US dollars."""
        return self.bill.cost_usd + self.estimate.cost_usd

    @property
    def usage(self) -> Usage:
        """Likewise, in tokens."""
        return self.bill.usage + self.estimate.usage


@dataclass(frozen=True, slots=True)
class Spending:
    """A turn's tally at a moment, to be kept in the ledger.

    :param at: in seconds since the epoch.
    :param characters: of the turn's prompt, once that is known.
    """

    turn_id: str
    session_id: str
    at: float
    tally: Tally
    characters: int | None = None
