"""What a review is likely to take, before it starts: tokens and dollars, as a range.

Where there were reviews before, it is told from them: what each took, scaled to the size of what
is to be read now, at the prices of the model that will read it. The range leaves out the cheapest
and the dearest tenth. Before there are three, sizes alone have to do, and the range is wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from claude_sidecar.sessions.costs.prices import priced
from claude_sidecar.sessions.costs.spending import Bill, Spent
from claude_sidecar.sessions.model import Usage

_ENOUGH = 3
_TAIL = 0.1
_CHARACTERS_PER_TOKEN = 4
_FIXED = 16_000
"""Tokens that every review reads beside its prompt: Claude Code's instructions and tools."""


@dataclass(frozen=True, slots=True)
class PastTurn:
    """What an earlier turn took.

    :param characters: of its prompt, with the text that it was about.
    """

    characters: int
    bill: Bill


@dataclass(frozen=True, slots=True)
class Estimate:
    """From `low` to `high`.

    :param turns: how many earlier ones it is told from; 0 where sizes alone had to do.
    """

    low: Spent
    high: Spent
    turns: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        turns = min(self.turns, other.turns)
        return Estimate(self.low + other.low, self.high + other.high, turns)


def estimate(characters: int, model: str | None, past: Sequence[PastTurn]) -> Estimate:
    """What it takes to review a prompt of so many characters.

    :param model: its name; None where Claude Code chooses, which is then what it chose last.
    :param past: the last one first.
    """
    known = reduce(lambda whole, turn: whole + turn.bill, past, Bill())
    model = model or _model_of(past)
    if len(past) < _ENOUGH:
        few, many = _by_size(characters)
        return Estimate(priced(few, model, known), priced(many, model, known))
    usages = (_scaled(turn, characters) for turn in past)
    taken = sorted((priced(usage, model, known) for usage in usages), key=lambda s: s.cost_usd)
    tail = int(len(taken) * _TAIL)
    return Estimate(taken[tail], taken[-1 - tail], len(past))


def tokens_of(usage: Usage) -> int:
    """All that were read or written."""
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return read + usage.output_tokens


def _model_of(past: Sequence[PastTurn]) -> str | None:
    """The one that most was paid for last."""
    if not past:
        return None
    paid = past[0].bill
    return max(paid.by_model, key=lambda model: paid.of(model).cost_usd, default=None)


def _by_size(characters: int) -> tuple[Usage, Usage]:
    """It is read once, and little is said of it; or it is looked at from many sides."""
    prompt = characters // _CHARACTERS_PER_TOKEN
    read = _FIXED + prompt
    few = Usage(0, 300 + prompt // 50, cache_read_tokens=read, cache_write_tokens=read)
    many = Usage(0, 3_000 + prompt // 4, cache_read_tokens=8 * read, cache_write_tokens=2 * read)
    return few, many


def _scaled(turn: PastTurn, characters: int) -> Usage:
    fixed = _FIXED * _CHARACTERS_PER_TOKEN
    factor = (characters + fixed) / (turn.characters + fixed)
    used = turn.bill.usage
    return Usage(
        round(used.input_tokens * factor),
        round(used.output_tokens * factor),
        round(used.cache_read_tokens * factor),
        round(used.cache_write_tokens * factor),
    )
