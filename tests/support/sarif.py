"""SARIF as its readers have it: checked against the standard's schema, columns turned into text."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from jsonschema import Draft4Validator

_SCHEMA = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0-rtm.5.json"


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def problems(log: Any) -> list[str]:
    """What is wrong with a log: where, and why."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _validator().iter_errors(log)  # pyright: ignore[reportUnknownMemberType]
    ]


def run_of(document: str) -> dict[str, Any]:
    """The one run of a log that is valid."""
    log = json.loads(document)
    assert problems(log) == []
    [run] = log["runs"]
    assert all("startLine" in region_of(result) for result in run["results"])
    return run


def region_of(result: dict[str, Any]) -> dict[str, Any]:
    """Where a result is."""
    [location] = result["locations"]
    return location["physicalLocation"]["region"]


def file_of(run: dict[str, Any], place: dict[str, Any]) -> Path:
    """The file that an `artifactLocation` names."""
    base = run["originalUriBaseIds"][place["uriBaseId"]]["uri"]
    return Path(unquote(urljoin(base, place["uri"]).removeprefix("file://")))


def text_at(text: str, region: dict[str, Any]) -> str:
    """What a region covers; columns count UTF-16 code units from 1."""
    data = text.encode("utf-16-le")
    return data[slice(*_span(text, region))].decode("utf-16-le")


def replaced(text: str, replacement: dict[str, Any]) -> str:
    """A text after a `replacement`."""
    data = text.encode("utf-16-le")
    start, end = _span(text, replacement["deletedRegion"])
    new = replacement.get("insertedContent", {"text": ""})["text"].encode("utf-16-le")
    return (data[:start] + new + data[end:]).decode("utf-16-le")


def _span(text: str, region: dict[str, Any]) -> tuple[int, int]:
    """Bytes in UTF-16: first, and one past the last."""
    lines = text.split("\n")
    starts = [len("".join(f"{line}\n" for line in lines[:at])) for at in range(len(lines))]
    starts = [len(text[:start].encode("utf-16-le")) for start in starts]
    first, last = int(region["startLine"]) - 1, int(region["endLine"]) - 1
    return (
        starts[first] + 2 * (int(region["startColumn"]) - 1),
        starts[last] + 2 * (int(region["endColumn"]) - 1),
    )
