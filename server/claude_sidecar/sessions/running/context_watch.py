"""How full a conversation is, and the one warning that it gets when it becomes full.

The size of the window is not known before Claude Code has ended a turn in its process, so that the
last one known stands in until then.
"""

from __future__ import annotations

from claude_sidecar.sessions.model import ContextSize


class ContextWatch:
    """Watches one session's context while a turn runs.

    :param percent: of the window, from which on the user is warned.
    :param before: how full it was when last heard.
    """

    def __init__(self, percent: int, before: ContextSize = ContextSize()) -> None:  # noqa: B008 - frozen
        self._percent = percent
        self.size = before

    def warning(self, context: ContextSize) -> str | None:
        """What to tell the user, if the threshold is crossed now."""
        if not context.used_tokens:
            return None
        before = self.size
        self.size = ContextSize(context.used_tokens, context.max_tokens or before.max_tokens)
        if not self._is_full(self.size) or self._is_full(before):
            return None
        filled = round(100 * self.size.used_tokens / self.size.max_tokens)
        return (
            f"The conversation fills {filled} % of the context window. Compact the session, or begin "
            "a new one; Claude Code compacts it by itself when it is full."
        )

    def compacted(self, tokens: int | None) -> None:
        """The conversation is smaller now."""
        self.size = ContextSize(tokens or 0, self.size.max_tokens)

    def _is_full(self, size: ContextSize) -> bool:
        return bool(size.max_tokens) and 100 * size.used_tokens >= self._percent * size.max_tokens
