"""What was used and spent, summed up in every way that somebody may want to see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from claude_sidecar.sessions.model import Key, Usage


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """A sum over turns."""

    turns: int = 0
    usage: Usage = Usage()
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget that is set.

    :param setting: its name, such as `budget.dayUsd`.
    :param spent_usd: None where it holds for each turn or session, and not for one amount.
    """

    setting: str
    limit_usd: float
    spent_usd: float | None = None

    @property
    def left_usd(self) -> float | None:
        """How much of it is left; not below 0."""
        return None if self.spent_usd is None else max(0.0, self.limit_usd - self.spent_usd)


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The whole, and its parts: days are local dates, `YYYY-MM-DD`, in order; sessions, the last
    used first; files (as the keys of their sessions), workspaces and models, the dearest first.

    :param titles: of those sessions that still exist, by their ids.
    :param budgets: those that are set.
    """

    total: UsageTotals
    by_day: dict[str, UsageTotals] = field(default_factory=dict[str, UsageTotals])
    by_session: dict[str, UsageTotals] = field(default_factory=dict[str, UsageTotals])
    by_file: dict[Key, UsageTotals] = field(default_factory=dict[Key, UsageTotals])
    by_workspace: dict[str, UsageTotals] = field(default_factory=dict[str, UsageTotals])
    by_model: dict[str, UsageTotals] = field(default_factory=dict[str, UsageTotals])
    titles: dict[str, str] = field(default_factory=dict[str, str])
    budgets: tuple[BudgetState, ...] = ()
