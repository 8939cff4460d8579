"""Estimates: honest ranges, from what there was before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.sessions.budgets.cost_consent import in_words
from claude_sidecar.sessions.costs.estimates import PastTurn, estimate, tokens_of
from claude_sidecar.sessions.costs.prices import list_price, price_of
from claude_sidecar.sessions.costs.spending import Bill, Spent
from claude_sidecar.sessions.model import Usage

OPUS = "claude-opus-5-5"


def past(characters: int, usd: float, tokens: int = 10_000) -> PastTurn:
    """A review by the default model."""
    usage = Usage(tokens, tokens // 10)
    return PastTurn(characters, Bill({OPUS: Spent(usage, usd)}))


def test_more_of_the_same_costs_what_it_cost() -> None:
    told = estimate(4_000, None, [past(4_000, 0.5)] * 5)
    assert told.turns == 5
    assert (told.low.cost_usd, told.high.cost_usd) == pytest.approx((0.5, 0.5))
    assert tokens_of(told.low.usage) == 11_000


def test_the_cheapest_and_the_dearest_tenth_are_left_out() -> None:
    turns = [past(4_000, 0.01 * number, 100 * number) for number in range(1, 21)]
    told = estimate(4_000, None, turns)
    assert (told.low.cost_usd, told.high.cost_usd) == pytest.approx((0.03, 0.18))


def test_another_model_has_its_own_price() -> None:
    turns = [past(4_000, price_of(Usage(10_000, 1_000), OPUS))] * 5
    opus, haiku = estimate(4_000, None, turns), estimate(4_000, "claude-haiku-4-5", turns)
    assert haiku.low.usage == opus.low.usage
    assert haiku.low.cost_usd == pytest.approx(opus.low.cost_usd / 4)


def test_a_discount_is_known_from_what_was_paid() -> None:
    listed = list_price(OPUS).of(Usage(10_000, 1_000))
    told = estimate(4_000, None, [past(4_000, listed / 2)])
    fair = estimate(4_000, None, [past(4_000, listed)])
    assert told.turns == 0, "one is not enough to go by"
    assert told.high.cost_usd == pytest.approx(fair.high.cost_usd / 2)


@given(
    st.integers(0, 10_000_000),
    st.lists(st.tuples(st.integers(0, 1_000_000), st.floats(0.0001, 100)), max_size=50),
    st.sampled_from([None, "opus", "sonnet", "claude-haiku-4-5", "no such model"]),
)
def test_a_range_is_one_and_more_to_read_costs_no_less(
    characters: int, before: list[tuple[int, float]], model: str | None
) -> None:
    turns = [past(shown, usd) for shown, usd in before]
    told, more = (estimate(size, model, turns) for size in (characters, characters + 50_000))
    assert 0 <= told.low.cost_usd <= told.high.cost_usd
    assert told.high.cost_usd <= more.high.cost_usd
    assert tokens_of(told.low.usage) <= tokens_of(more.low.usage)


def test_it_is_put_into_words() -> None:
    told = estimate(4_000, None, [past(4_000, 0.5)] * 5)
    assert in_words(told) == (
        "This review may take 11,000 to 11,000 tokens, $0.50 to $0.50, to go by earlier ones (5)."
    )
    assert in_words(told + told, 2).startswith("These 2 reviews may take 22,000 to 22,000 tokens")


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        (OPUS, 4.0),
        ("opus", 4.0),
        ("claude-opus-4-8", 5.0),
        ("claude-opus-4-1-20250805", 15.0),
        ("claude-sonnet-4-5", 3.0),
        ("sonnet", 3.0),
        ("claude-haiku-4-5-20251001", 1.0),
        (None, 4.0),
        ("somebody-elses", 4.0),
    ],
)
def test_the_list_knows_models_by_parts_of_their_names(model: str | None, dollars: float) -> None:
    assert list_price(model).input == dollars
