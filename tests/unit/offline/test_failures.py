"""Failures as text, of several languages."""

from __future__ import annotations

import pytest

from claude_sidecar.offline.failures import Place, read_failure, usual_cause
from claude_sidecar.offline.prompt import Source

CASES = {
    "python": (
        'Traceback (most recent call last):\n  File "/w/a.py", line 9, in <module>\n    f(1)\n'
        "  File \"/w/b.py\", line 3, in f\n    x[k]\nKeyError: 'k'\n",
        ("KeyError", "'k'", Place("/w/b.py", 3, "f")),
    ),
    "python, chained": (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "a.py", line 4, in g\n'
        "app.errors.LoadError: no file\n",
        ("app.errors.LoadError", "no file", Place("a.py", 4, "g")),
    ),
    "pytest": (
        "    def test_x():\n>       assert 1 == 2\nE       AssertionError: assert 1 == 2\n\n"
        "tests/test_x.py:2: AssertionError\n",
        ("AssertionError", "assert 1 == 2", Place("tests/test_x.py", 2)),
    ),
    "node": (
        "TypeError: Cannot read properties of undefined (reading 'id')\n"
        "    at load (/w/src/load.js:12:20)\n    at async main (/w/src/main.js:3:1)\n",
        (
            "TypeError",
            "Cannot read properties of undefined (reading 'id')",
            Place("/w/src/load.js", 12, "load"),
        ),
    ),
    "java": (
        'Exception in thread "main" java.lang.NullPointerException: name\n'
        "\tat com.x.App.run(App.java:21)\n\tat com.x.App.main(App.java:7)\n",
        ("java.lang.NullPointerException", "name", Place("App.java", 21, "com.x.App.run")),
    ),
    "go": (
        "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\n"
        "main.last(...)\n\t/w/main.go:8 +0x1d\n",
        ("panic", "runtime error: index out of range [3] with length 3", Place("/w/main.go", 8)),
    ),
    "rust": (
        "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds\n",
        ("panicked", "index out of bounds", Place("src/main.rs", 4)),
    ),
    "compiler": (
        "src/x.c:14:9: error: unknown type name 'strnig'\n",
        ("error", "unknown type name 'strnig'", Place("src/x.c", 14)),
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_failure_is_read(text: str, expected: tuple[str, str, Place]) -> None:
    failure = read_failure(text)
    assert failure is not None
    assert (failure.type, failure.message, failure.places[0]) == expected


def test_what_is_no_failure() -> None:
    assert read_failure("It is slow, and nobody knows why.") is None


def test_the_innermost_place_in_a_source() -> None:
    failure = read_failure(CASES["python"][0])
    assert failure is not None
    source = Source("a.py", "python", tuple("x" * 10))
    assert failure.place_in(source) == Place("/w/a.py", 9, "<module>")
    assert failure.place_in(Source("c.py", "python", ("x",))) is None
    assert failure.place_in(Source("a.py", "python", ("too short",))) is None


def test_a_qualified_type_has_its_usual_cause() -> None:
    failure = read_failure(CASES["java"][0])
    assert failure is not None
    assert usual_cause(failure) == "Something here is null."
