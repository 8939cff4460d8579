"""A turn's share of running totals, and what its messages tell before the totals do."""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.agent.usage import Meter, Till, totals_of
from claude_sidecar.sessions.costs.prices import list_price
from claude_sidecar.sessions.costs.spending import Bill
from claude_sidecar.sessions.model import ContextSize, Usage


def totals(**models: tuple[int, int, float]) -> dict[str, dict[str, Any]]:
    """Claude Code's `modelUsage`: total input and output tokens, and dollars, by model."""
    return {
        name: {
            "inputTokens": read,
            "outputTokens": written,
            "cacheReadInputTokens": 0,
            "cacheCreationInputTokens": 0,
            "costUSD": usd,
            "contextWindow": 200_000,
        }
        for name, (read, written, usd) in models.items()
    }


def test_what_came_on_top_is_claimed_by_model_and_once() -> None:
    till = Till(Bill())
    till.tell(totals(big=(100, 10, 1.0)))
    assert till.claim() == totals_of(totals(big=(100, 10, 1.0)))
    till.tell(totals(big=(150, 30, 1.5), small=(5, 1, 0.25)))
    claimed = till.claim()
    assert (claimed.of("big").usage, claimed.of("big").cost_usd) == (Usage(50, 20), 0.5)
    assert (claimed.of("small").usage, claimed.cost_usd) == (Usage(5, 1), 0.75)
    assert not till.claim()
    assert (till.billed_usd, till.exact) == (1.75, True)
    assert [till.window(each) for each in ("big", "other", None)] == [200_000, 0, 0]


def test_totals_whose_beginning_nobody_knows_tell_nothing_until_the_next() -> None:
    till = Till(None)
    assert (till.billed_usd, till.exact) == (None, False)
    till.tell(totals(big=(900, 90, 9.0)))
    assert not till.claim()
    till.tell(totals(big=(1000, 95, 9.5)))
    assert till.claim().of("big").usage == Usage(100, 5)


def test_totals_that_begin_anew_are_counted_from_nothing() -> None:
    till = Till(Bill())
    till.tell(totals(big=(100, 10, 1.0)))
    till.claim()
    till.tell(totals(big=(50, 20, 0.5)))
    assert till.claim() == totals_of(totals(big=(50, 20, 0.5)))


def noted() -> Meter:
    meter = Meter()
    meter.note("a", "opus", {"input_tokens": 10, "output_tokens": 1}, main=True)
    meter.note("a", "opus", {"output_tokens": 7}, main=True)
    meter.end_message()
    meter.note("b", "opus", {"input_tokens": 20, "cache_read_input_tokens": 5}, main=True)
    meter.note("c", "haiku", {"input_tokens": 1000, "output_tokens": None}, main=False)
    return meter


def test_messages_add_up_by_model_and_the_last_of_the_main_thread_fills_the_context() -> None:
    meter = noted()
    bill = meter.all(Bill())
    assert bill.of("opus").usage == Usage(30, 7, cache_read_tokens=5)
    assert bill.of("haiku").usage == Usage(1000)
    assert bill.cost_usd == pytest.approx(
        sum(list_price(each).of(bill.of(each).usage) for each in ("opus", "haiku"))
    )
    assert meter.context(200) == ContextSize(25, 200)
    assert Meter().context(0) == ContextSize(0, 0)


def test_what_a_message_has_written_so_far_counts_until_it_says_itself() -> None:
    meter = noted()
    assert meter.wrote(400) == 400
    assert meter.all(Bill()).of("opus").usage.output_tokens == 7 + 100
    meter.note("b", "opus", {"output_tokens": 90}, main=True)
    meter.end_message()
    assert meter.all(Bill()).of("opus").usage.output_tokens == 7 + 90


def test_what_the_totals_have_is_not_estimated_any_more() -> None:
    meter = noted()
    assert meter.complete() == {"a", "c"}
    meter.settle(meter.complete())
    assert meter.estimate(Bill()).usage == Usage(20, 0, cache_read_tokens=5)
    meter.settle()
    assert not meter.estimate(Bill())
