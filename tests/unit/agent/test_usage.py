"""A turn's share of running totals."""

from __future__ import annotations

from claude_agent_sdk import ResultMessage
from claude_agent_sdk.types import ModelUsage

from claude_sidecar.agent.usage import Ledger, Meter
from claude_sidecar.sessions.model import ContextSize, Usage


def result(**models: tuple[int, int]) -> ResultMessage:
    """A result with total input and output tokens by model."""
    usage: dict[str, ModelUsage] = {
        name: {
            "inputTokens": read,
            "outputTokens": written,
            "cacheReadInputTokens": 0,
            "cacheCreationInputTokens": 0,
            "webSearchRequests": 0,
            "costUSD": 0.0,
            "contextWindow": 200_000,
            "maxOutputTokens": 1,
        }
        for name, (read, written) in models.items()
    }
    return ResultMessage("success", 1, 1, False, 1, "session", model_usage=usage)


def test_the_difference_of_totals_over_all_models() -> None:
    ledger = Ledger(begun=False)
    assert ledger.settle(result(big=(100, 10))) == Usage(100, 10)
    assert ledger.settle(result(big=(150, 30), small=(5, 1))) == Usage(55, 21)
    assert ledger.window("big") == 200_000
    assert ledger.window("other") == ledger.window(None) == 0


def test_the_first_total_after_a_resume_is_not_a_turns() -> None:
    ledger = Ledger(begun=True)
    assert ledger.settle(result(big=(900, 90))) is None
    assert ledger.settle(result(big=(1000, 95))) == Usage(100, 5)


def test_totals_that_shrank_tell_nothing() -> None:
    ledger = Ledger(begun=False)
    ledger.settle(result(big=(100, 10)))
    assert ledger.settle(result(big=(50, 20))) is None
    assert ledger.settle(result(big=(60, 25))) == Usage(10, 5)


def test_messages_add_up_and_the_last_of_the_main_thread_fills_the_context() -> None:
    meter = Meter()
    meter.note("a", {"input_tokens": 10, "output_tokens": 1}, main=True)
    meter.note("a", {"output_tokens": 7}, main=True)
    meter.note("b", {"input_tokens": 20, "cache_read_input_tokens": 5}, main=True)
    meter.note("c", {"input_tokens": 1000, "output_tokens": None}, main=False)
    assert meter.total == Usage(1030, 7, cache_read_tokens=5)
    assert meter.context(200) == ContextSize(25, 200)
    assert Meter().context(0) == ContextSize(0, 0)
