"""What a question is about, as far as rules can tell from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_NUMBER = re.compile(
    r"(?:#|\b(?:finding|number|no\.?|issue|point)\s+)(\d+)\b|\b(\d+)(?:st|nd|rd|th)\b"
)
_LINE = re.compile(r"\blines?\s+(\d+)\b")
_NAME = re.compile(r"[`'\"“]([^`'\"”]+)[`'\"”]|\b([A-Za-z_]\w{2,})\b")
_COMMON = re.compile(
    "about|again|all|and|any|are|bad|before|bugs?|but|can|cannot|caused?|class|code|could|did|does|"
    "earlier|errors?|explain|file|find|findings?|first|fix|for|found|from|function|get|give|goes|"
    "going|happens?|has|have|how|in|into|issues?|its|just|last|let|lines?|list|look|make|matter|"
    "mean|module|more|most|need|not|now|one|only|other|our|please|problems?|project|really|review|"
    "said|say|second|see|should|show|some|still|sure|tell|than|that|the|their|them|then|there|"
    "these|they|things?|think|third|this|those|too|use|used|uses|using|was|were|what|when|where|"
    "whether|which|who|why|will|with|would|wrong|you|your"
)
_SEVERAL = re.compile(r"\b(find|found|findings|issues|problems|bugs|errors|list|summar\w+)\b")
_POINTS_BACK = re.compile(
    r"\b(why|explain|fix|repair|solve)\b"
    r"|\b(it|that|this)\b(?! (file|code|module|review|class|function|project))"
)
_FIRST_OF_ALL = re.compile(r"\b(fix|start|tackle|address|do)\b.*\bfirst\b\W*$")
_GRAVEST = re.compile(
    r"\b(important|worst|serious|gravest?|critical|urgent|severe|priority|matters? (the )?most)\b"
)
_PAST = re.compile(
    r"\b(did|have|had|what)\b.*\b(i|you|we)\b.*\b(say|said|ask|asked|talk|talked|discuss|discussed)\b"
    r"(?! about)|\bremember\b|\bso far\b|\blast time\b|\bearlier\b|\byesterday\b"
)
_COUNT = re.compile(r"\bhow many\b|\bcount\b|\bnumber of\b")
_FIX = re.compile(r"\b(fix|repair|solve|change|instead|correct)\b")
_LAST = re.compile(r"\blast (?:one|finding|issue|problem)\b")
_RESULTS = re.compile(r"\b(finding|issue|problem|bug|error|which|review|wrong)\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the developer's words."""

    text: str

    @property
    def about_the_past(self) -> bool:
        """It asks for what was said before."""
        return bool(_PAST.search(self._words)) and self.line is None

    @property
    def wants_count(self) -> bool:
        """It asks how many there are."""
        return bool(_COUNT.search(self._words))

    @property
    def wants_gravest(self) -> bool:
        """It asks what matters most."""
        return bool(_GRAVEST.search(self._words) or _FIRST_OF_ALL.search(self._words))

    @property
    def wants_fix(self) -> bool:
        """It asks what to do about it."""
        return bool(_FIX.search(self._words))

    @property
    def wants_list(self) -> bool:
        """It asks for what was found."""
        return bool(_SEVERAL.search(self._words) or _RESULTS.search(self._words))

    @property
    def points_back(self) -> bool:
        """It asks about one thing without naming it: "why is that so?"."""
        return bool(_POINTS_BACK.search(self._words)) and not _SEVERAL.search(self._words)

    @property
    def line(self) -> int | None:
        """The line that it names."""
        match = _LINE.search(self._words)
        return int(match[1]) if match else None

    @property
    def names(self) -> list[str]:
        """Its words that may name something in code, the likeliest first."""
        found = [quoted or word for quoted, word in _NAME.findall(self.text)]
        names = [name for name in found if not _COMMON.fullmatch(name.lower())]
        return sorted(names, key=lambda name: name.isalpha() and name.islower())

    def number(self, count: int) -> int | None:
        """The number of the finding that it names, of so many: `#2`, `the second`, `the last`."""
        match = _NUMBER.search(self._words)
        if match:
            return int(match[1] or match[2])
        for word, number in _ORDINALS.items():
            if re.search(rf"\b{word}\b(?!\s+line)", self._words):
                return number
        return count if _LAST.search(self._words) else None

    @property
    def _words(self) -> str:
        return self.text.lower()
