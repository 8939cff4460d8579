"""Small programs that really fail, one or two in each language, and what is to be seen of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BUILD_SECONDS = 110


@dataclass(frozen=True)
class Program:
    """Files, how they are built and run, and what their failure is to lead to.

    :param needs: executables without which it cannot be made to fail here.
    :param failed_in: the file where it failed first.
    :param sees: what stands in the prompt: frames as they are named, lines of code with numbers.
    :param quotes_not: what must not be quoted, only named: code of libraries.
    :param probe: a command that succeeds where an executable is more than a name: `rustc` may be a
        door to a toolchain that was never installed.
    """

    name: str
    needs: tuple[str, ...]
    files: Mapping[str, str]
    run: Sequence[str]
    failed_in: str
    sees: tuple[str, ...]
    build: Sequence[Sequence[str]] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    probe: Sequence[str] = ()

    def missing(self) -> str | None:
        """Which of what it needs is not on this machine, or does not work here."""
        absent = next((each for each in self.needs if shutil.which(each) is None), None)
        if absent is None and self.probe:
            probed = _run(self.probe, Path.cwd(), {**os.environ, **self.environment})
            return self.probe[0] if probed.returncode else None
        return absent

    def fail(self, folder: Path) -> str:
        """Write, build and run it: what it told of its failure."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        environment = {**os.environ, **self.environment, "HOME": str(folder)}
        environment.setdefault("TMPDIR", "/tmp")
        for command in self.build:
            built = _run(command, folder, environment)
            assert built.returncode == 0, built.stdout
        failed = _run(self.run, folder, environment)
        assert failed.returncode != 0, failed.stdout
        return failed.stdout


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_SECONDS, check=False,
        errors="replace",
    )  # fmt: skip


_CART_C = """\
#include <stdlib.h>

struct line { int amount; };

static int amount_of(const struct line *line) {
  return line->amount;
}

int main(int argc, char **argv) {
  (void)argv;
  struct line *lines = calloc(3, sizeof *lines);
  return amount_of(argc > 1 ? NULL : &lines[3]);
}
"""
_STATS_PY = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n"

PROGRAMS = (
    Program(
        "python",
        (),
        {
            "stats.py": _STATS_PY,
            "main.py": (
                "import json\n\nfrom stats import mean\n\n\ndef load(text):\n    try:\n"
                "        return mean(json.loads(text))\n    except ZeroDivisionError as error:\n"
                '        raise RuntimeError("no mean") from error\n\n\nload("[]")\n'
            ),
        },
        (sys.executable, "main.py"),
        "stats.py",
        (
            "Python: RuntimeError: no mean",
            "caused by:",
            "stats.py:3 in mean",
            "main.py:8 in load",
            "3\t    return total / len(values)",
            '10\t        raise RuntimeError("no mean") from error',
        ),
    ),
    Program(
        "python-library",
        (),
        {
            "main.py": 'import json\n\n\ndef load(text):\n    return json.loads(text)\n\n\nload("{")\n'
        },
        (sys.executable, "main.py"),
        "main.py",
        ("main.py:5 in load", "5\t    return json.loads(text)", "in raw_decode (library)"),
    ),
    Program(
        "pytest",
        (),
        {
            "stats.py": _STATS_PY,
            "test_stats.py": (
                "from stats import mean\n\n\ndef test_mean_of_nothing():\n    assert mean([]) == 0\n"
            ),
        },
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        "stats.py",
        ("in test test_mean_of_nothing", "values = []", "stats.py:3 in mean", "test_stats.py:5"),
    ),
    Program(
        "node",
        ("node",),
        {
            "price.js": "exports.parse = (text) => {\n  return text.amount.value;\n};\n",
            "main.js": (
                'const { parse } = require("./price");\ntry {\n  parse({});\n} catch (error) {\n'
                '  throw new Error("checkout failed", { cause: error });\n}\n'
            ),
        },
        ("node", "main.js"),
        "price.js",
        (
            "JavaScript: Error: checkout failed",
            "price.js:2 in",
            "main.js:5 in",
            "2\t  return text.amount.value;",
            "(library)",
        ),
    ),
    Program(
        "gdb",
        ("gcc", "gdb"),
        {"cart.c": _CART_C},
        ("sh", "-c", "gdb -q -batch -ex run -ex bt --args ./cart x; exit 1"),
        "cart.c",
        ("SIGSEGV", "cart.c:6 in amount_of", "line = 0x0", "6\t  return line->amount;"),
        build=(("gcc", "-g", "-O0", "cart.c", "-o", "cart"),),
    ),
    Program(
        "address-sanitizer",
        ("gcc",),
        {"cart.c": _CART_C},
        ("./cart",),
        "cart.c",
        (
            "AddressSanitizer: heap-buffer-overflow",
            "cart.c:6 in amount_of",
            "allocated:",
            "cart.c:11 in main",
        ),
        build=(("gcc", "-g", "-fsanitize=address", "cart.c", "-o", "cart"),),
    ),
    Program(
        "rust",
        ("rustc",),
        {
            "src/main.rs": (
                "struct Cart {\n    amounts: Vec<i32>,\n}\n\nimpl Cart {\n"
                "    fn at(&self, index: usize) -> i32 {\n        self.amounts[index]\n    }\n}\n\n"
                "fn main() {\n    let cart = Cart { amounts: vec![1] };\n"
                '    println!("{}", cart.at(5));\n}\n'
            )
        },
        ("./main",),
        "src/main.rs",
        ("Rust: panic: index out of bounds", "src/main.rs:7", "7\t        self.amounts[index]"),
        build=(("rustc", "-g", "src/main.rs", "-o", "main"),),
        environment={
            "RUST_BACKTRACE": "1",
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
        },
        probe=("rustc", "--version"),
    ),
    Program(
        "java",
        ("java", "javac"),
        {
            "src/com/acme/shop/Cart.java": (
                "package com.acme.shop;\n\npublic class Cart {\n    static int amount(String line) {\n"
                "        return Integer.parseInt(line);\n    }\n\n"
                "    public static void main(String[] args) {\n        try {\n"
                '            amount("x");\n        } catch (NumberFormatException error) {\n'
                '            throw new IllegalStateException("checkout failed", error);\n'
                "        }\n    }\n}\n"
            )
        },
        ("java", "-cp", "out", "com.acme.shop.Cart"),
        "src/com/acme/shop/Cart.java",
        (
            "java.lang.IllegalStateException: checkout failed",
            "src/com/acme/shop/Cart.java:5 in com.acme.shop.Cart.amount",
            "5\t        return Integer.parseInt(line);",
            "java.lang.Integer.parseInt (library)",
        ),
        build=(("javac", "-d", "out", "src/com/acme/shop/Cart.java"),),
    ),
    Program(
        "go",
        ("go",),
        {
            "go.mod": "module example.com/shop\n\ngo 1.19\n",
            "main.go": (
                "package main\n\ntype Cart struct{ lines []int }\n\n"
                "//go:noinline\nfunc (c *Cart) at(i int) int {\n\treturn c.lines[i]\n}\n\n"
                "func main() {\n\tc := &Cart{}\n\tprintln(c.at(5))\n}\n"
            ),
        },
        ("./shop",),
        "main.go",
        ("Go: panic: runtime error: index out of range", "main.go:7", "7\t\treturn c.lines[i]"),
        build=(("go", "build", "-o", "shop", "."),),
    ),
    Program(
        "ruby",
        ("ruby",),
        {
            "cart.rb": "def total(lines)\n  lines.map { |line| line.fetch(:amount) }.sum\nend\n",
            "main.rb": 'require_relative "cart"\n\ntotal([{}])\n',
        },
        ("ruby", "main.rb"),
        "cart.rb",
        ("Ruby: KeyError: key not found", "cart.rb:2 in", "main.rb:3 in", "fetch(:amount)"),
    ),
    Program(
        "php",
        ("php",),
        {
            "cart.php": (
                "<?php\nfunction amount(array $line): int {\n    if (!isset($line['amount'])) {\n"
                '        throw new InvalidArgumentException("no amount");\n    }\n'
                "    return $line['amount'];\n}\n"
            ),
            "main.php": '<?php\nrequire "cart.php";\namount([]);\n',
        },
        ("php", "main.php"),
        "cart.php",
        ("PHP: InvalidArgumentException: no amount", "cart.php:4 in amount", "main.php:3"),
    ),
)
