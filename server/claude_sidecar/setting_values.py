"""What settings allow: functions that make a setting's value of a JSON value, and makers of such functions.

Each raises `NotAllowedError` for what it does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast


class NotAllowedError(Exception):
    """A value that a setting does not allow."""


def boolean(value: Any) -> bool:
    """Only true and false."""
    if not isinstance(value, bool):
        raise NotAllowedError
    return value


def integer(low: int, high: int) -> Callable[[Any], int]:
    """Allows a whole number from `low` to `high`."""

    def convert(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise NotAllowedError
        return value

    return convert


def number(low: float) -> Callable[[Any], float]:
    """Allows a number of at least `low`."""

    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= low:
            raise NotAllowedError
        return float(value)

    return convert


def text(value: Any) -> str:
    """Only a string with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise NotAllowedError
    return value


def choice(*allowed: str) -> Callable[[Any], str]:
    """Allows these strings."""

    def convert(value: Any) -> str:
        if value not in allowed:
            raise NotAllowedError
        return value

    return convert


def list_of(item: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    """Allows any number of such items."""

    def convert(value: Any) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise NotAllowedError
        return tuple(item(each) for each in cast(Sequence[Any], value))

    return convert


def environment(value: Any) -> dict[str, str]:
    """Only strings by name."""
    if not isinstance(value, Mapping):
        raise NotAllowedError
    pairs = cast(Mapping[Any, Any], value).items()
    return {text(name): _string(each) for name, each in pairs}


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise NotAllowedError
    return value


def optional(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Allows null, too."""
    return lambda value: None if value is None else convert(value)


def one_of(values: tuple[str, ...]) -> str:
    """What :func:`choice` allows, in words."""
    return "one of " + ", ".join(f'"{value}"' for value in values)
