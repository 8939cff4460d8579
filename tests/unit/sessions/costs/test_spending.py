"""Bills: added, and parted again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.sessions.costs.spending import Bill, Spent, Tally
from claude_sidecar.sessions.model import Usage

amounts = st.integers(0, 1_000_000)


def spent(tokens: int, parts: int) -> Spent:
    """Dollars that a float can hold exactly, so that sums are exact too."""
    return Spent(Usage(tokens, tokens), parts / 128)


spents = st.builds(spent, amounts, amounts)
bills = st.builds(Bill, st.dictionaries(st.sampled_from(["opus", "haiku", ""]), spents))


@given(bills, bills)
def test_what_was_added_can_be_taken_away(one: Bill, other: Bill) -> None:
    both = one + other
    assert both.cost_usd == one.cost_usd + other.cost_usd
    assert both.usage == one.usage + other.usage
    left = both - other
    for model in ("opus", "haiku", ""):
        assert left.of(model) == one.of(model)
    assert not both - both
    assert bool(one) == bool(one.cost_usd or one.usage != Usage())


@given(bills, bills)
def test_a_tally_is_what_is_known_and_what_is_guessed(known: Bill, guessed: Bill) -> None:
    tally = Tally(known, guessed)
    assert tally.cost_usd == pytest.approx(tally.whole.cost_usd)
    assert tally.usage == tally.whole.usage
