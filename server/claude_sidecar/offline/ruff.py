"""Ruff's findings for a Python file, as remarks, with Ruff's own words for why they matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import anyio
from ruff.__main__ import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs]

from claude_sidecar.errors import SidecarError
from claude_sidecar.offline.prompt import Source
from claude_sidecar.offline.remarks import Remark
from claude_sidecar.offline.ruff_rules import (
    IGNORED,
    SELECTED,
    kind_of,
    said_by_another,
    scenario_of,
)
from claude_sidecar.text import LineIndex, Position

_SECONDS = 30.0
_QUOTED_LINES = 6
_PARAGRAPHS = 3
_ASIDE = re.compile(r"\blint\.|\bRuff\b|\brule\b|:$")
_WHY = re.compile(r"^## Why is this bad\?\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_INSTEAD = re.compile(r"^Use instead:\n+```python\n(.*?)\n```", re.DOTALL | re.MULTILINE)
_MARKDOWN_LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])?")


class RuffUnavailable(SidecarError):
    """Ruff is not installed, or did not do what it was asked."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What Ruff says of one of its rules.

    :param instead: an example of how to do it right, as Python.
    """

    why: str
    instead: str | None


class Ruff:
    """The `ruff` program of this environment; it is told of nobody's configuration."""

    def __init__(self) -> None:
        self._explanations: dict[str, Explanation] = {}

    async def check(self, source: Source) -> list[Remark]:
        """What Ruff finds in a source, in the order of its lines.

        :raises RuffUnavailable: if it cannot be run.
        """
        name = PurePosixPath(source.path).name or "source.py"
        output = await _run(
            "check",
            "--isolated",
            "--no-cache",
            "--target-version=py314",
            "--output-format=json",
            f"--select={SELECTED}",
            f"--ignore={IGNORED}",
            f"--stdin-filename={name}",
            "-",
            text=source.text,
        )
        diagnostics: list[dict[str, Any]] = json.loads(output)
        index = LineIndex(source.text)
        remarks = [
            await self._remark(each, source, index) for each in _without_repeats(diagnostics)
        ]
        return sorted(remarks, key=lambda remark: (remark.line, remark.rule))

    async def explain(self, code: str) -> Explanation | None:
        """What Ruff says of a rule; None if it does not know it.

        :raises RuffUnavailable: if it cannot be run.
        """
        if not self._explanations:
            rules: list[dict[str, Any]] = json.loads(
                await _run("rule", "--all", "--output-format=json")
            )
            self._explanations = {rule["code"]: _explanation(rule) for rule in rules}
        return self._explanations.get(code)

    async def _remark(self, diagnostic: dict[str, Any], source: Source, index: LineIndex) -> Remark:
        code = _code(diagnostic)
        first, last = diagnostic["location"]["row"], diagnostic["end_location"]["row"]
        last = min(max(first, last), len(index))
        if last - first >= _QUOTED_LINES:
            last = first
        first, last = _without_blank_edges(index, first, last)
        explanation = await self.explain(code)
        severity, category = kind_of(code)
        return Remark(
            line=source.first + first - 1,
            quote="\n".join(index.line(number - 1) for number in range(first, last + 1)),
            severity=severity,
            category=category,
            title=diagnostic["message"],
            message=explanation.why if explanation else diagnostic["message"],
            rule=f"Ruff {code}" if explanation else "Ruff",
            failure_scenario=scenario_of(code),
            replacement=_replacement(diagnostic.get("fix"), index, first, last),
        )


async def _run(*arguments: str, text: str = "") -> str:
    try:
        with anyio.fail_after(_SECONDS):
            process = await anyio.run_process(
                [find_ruff_bin(), *arguments], input=text.encode(errors="replace"), check=False
            )
    except (OSError, TimeoutError) as error:
        raise RuffUnavailable(f"Ruff could not be run: {error}") from error
    if process.returncode not in (0, 1):  # 1: there are findings
        raise RuffUnavailable(process.stderr.decode(errors="replace").strip())
    return process.stdout.decode()


def _code(diagnostic: dict[str, Any]) -> str:
    code = diagnostic.get("code")
    return "E999" if code in (None, "invalid-syntax") else code


def _without_repeats(diagnostics: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """One thing is said once, though several rules see it."""
    for each in diagnostics:
        row = each["location"]["row"]
        others = {
            _code(other)
            for other in diagnostics
            if other["location"]["row"] <= row <= other["end_location"]["row"]
        }
        if not said_by_another(_code(each), others):
            yield each


def _explanation(rule: dict[str, Any]) -> Explanation:
    text: str = rule["explanation"]
    why, instead = _WHY.search(text), _INSTEAD.search(text)
    return Explanation(
        _in_short(why[1]) if why else rule["summary"], instead[1] if instead else None
    )


def _in_short(why: str) -> str:
    """The first paragraphs, without Ruff's own options: what the reader of a finding needs."""
    prose = _MARKDOWN_LINK.sub(r"\1", why.split("```", maxsplit=1)[0])
    paragraphs = [" ".join(each.split()) for each in prose.strip().split("\n\n")]
    kept = [each for each in paragraphs if each and not _ASIDE.search(each)]
    return "\n\n".join((kept or paragraphs)[:_PARAGRAPHS])


def _without_blank_edges(index: LineIndex, first: int, last: int) -> tuple[int, int]:
    """Move off blank lines, which cannot be quoted; a syntax error can be told of one."""
    while last > first and not index.line(last - 1).strip():
        last -= 1
    while first > 1 and not index.line(first - 1).strip():
        first -= 1
    return first, max(first, last)


def _replacement(fix: dict[str, Any] | None, index: LineIndex, first: int, last: int) -> str | None:
    """What the lines become by a fix that is safe and touches no other line."""
    if fix is None or fix["applicability"] != "safe":
        return None
    start = index.offset(Position(first - 1, 0))
    end = index.offset(Position(last, 0)) if last < len(index) else len(index.text)
    changed = index.text[start:end]
    for edit in sorted(
        fix["edits"], key=lambda each: _offset(index, each["location"]), reverse=True
    ):
        since, until = _offset(index, edit["location"]), _offset(index, edit["end_location"])
        if not start <= since <= until <= end:
            return None
        changed = changed[: since - start] + edit["content"] + changed[until - start :]
    return changed.rstrip("\n")


def _offset(index: LineIndex, place: dict[str, int]) -> int:
    return index.offset(Position(place["row"] - 1, place["column"] - 1))
