"""What tokens cost before Claude Code has told it: list prices, and how far off they were.

Costs that are recorded are Claude Code's own. These prices stand in where it cannot say yet: for a
message that is still being written, for a turn that was cut off, and ahead of a review. The list
is the one within Claude Code 2.1.330, by parts of the models' names, the first that fits.
"""

from __future__ import annotations

from dataclasses import dataclass

from claude_sidecar.sessions.costs.spending import Bill, Spent
from claude_sidecar.sessions.model import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float
    cache_write: float
    cache_read: float

    def of(self, usage: Usage) -> float:
        """US dollars for a usage."""
        return (
            usage.input_tokens * self.input
            + usage.output_tokens * self.output
            + usage.cache_write_tokens * self.cache_write
            + usage.cache_read_tokens * self.cache_read
        ) / 1_000_000


_LIST = (
    ("haiku-5-5", Price(0.1, 0.5, 0.125, 0.01)),
    ("3-5-haiku", Price(0.8, 4.0, 1.0, 0.08)),
    ("haiku", Price(1.0, 5.0, 1.25, 0.1)),
    ("sonnet-5-5", Price(2.0, 10.0, 2.5, 0.1)),
    ("sonnet-5", Price(2.0, 10.0, 2.5, 0.2)),
    ("sonnet", Price(3.0, 15.0, 3.75, 0.3)),
    ("opus-5-5", Price(4.0, 20.0, 5.0, 0.2)),
    ("opus-4-0", Price(15.0, 75.0, 18.75, 1.5)),
    ("opus-4-1", Price(15.0, 75.0, 18.75, 1.5)),
    ("opus-", Price(5.0, 25.0, 6.25, 0.5)),
    ("fable-5-2", Price(8.0, 40.0, 10.0, 0.2)),
    ("mythos-5-2", Price(8.0, 40.0, 10.0, 0.2)),
    ("fable", Price(10.0, 50.0, 12.5, 1.0)),
    ("mythos", Price(10.0, 50.0, 12.5, 1.0)),
    ("", Price(4.0, 20.0, 5.0, 0.2)),  # what Claude Code takes where no model is named
)


def list_price(model: str | None) -> Price:
    """The price on the list; `model` is a full name or an alias such as `sonnet`."""
    return next(price for part, price in _LIST if part in (model or "").lower())


def price_of(usage: Usage, model: str | None, known: Bill | None = None) -> float:
    """About what a usage of a model costs, in US dollars.

    :param known: what was paid before. Where the model was among it, the list is corrected by how
        far off it was: for a discount, a surcharge, or a model that is not on the list.
    """
    price, paid = list_price(model), (known or Bill()).of(model or "")
    expected = price.of(paid.usage)
    correction = paid.cost_usd / expected if expected and paid.cost_usd else 1.0
    return price.of(usage) * correction


def priced(usage: Usage, model: str | None, known: Bill | None = None) -> Spent:
    """A usage with what it costs, about."""
    return Spent(usage, price_of(usage, model, known))
