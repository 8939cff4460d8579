"""The general rules: each finds what it is for, and keeps quiet about what resembles it."""

from __future__ import annotations

import pytest

from claude_sidecar.offline.pattern_rules import PATTERNS
from claude_sidecar.offline.patterns import check
from claude_sidecar.offline.prompt import Source

FOUND = [
    ("merge-conflict", "java", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", 2),
    ("private-key", "yaml", "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n", 2),
    ("access-token", "go", 'x := "AKIA' + "ABCDEFGHIJKLMNOP" + '"', 1),
    ("hard-coded-secret", "javascript", 'const apiKey = "k3-9a8b7c6d5e";', 1),
    ("hard-coded-secret", "typescript", "const password: string = 'hunter2hunter';", 1),
    ("eval", "javascript", "x = 1;\neval(input);", 2),
    ("eval", "php", "eval($_GET['x']);", 1),
    ("timer-string", "javascript", 'setTimeout("go()", 10)', 1),
    ("inner-html", "typescript", "node.innerHTML = name;", 1),
    ("sql-concatenation", "java", 'q = "SELECT * FROM t WHERE n = \'" + name;', 1),
    ("sql-concatenation", "javascript", "db.run(`DELETE FROM t WHERE id = ${id}`)", 1),
    ("tls-unverified", "javascript", "{ rejectUnauthorized: false }", 1),
    ("unbounded-copy", "c", "    strcpy(to, from);", 1),
    ("download-to-shell", "shellscript", "curl -s https://x.example | sudo bash", 1),
    ("remove-below-variable", "shellscript", 'rm -rf "$TARGET"/lib', 1),
    ("empty-catch", "java", "try { f(); } catch (IOException e) {\n}\n", 1),
    ("empty-catch", "javascript", "try { f() } catch {}", 1),
    ("empty-error-check", "go", "if err != nil {\n}", 1),
    ("assignment-as-condition", "c", "if (state = 1) {", 1),
    ("compare-nan", "javascript", "if (x === NaN) {", 1),
    ("async-for-each", "typescript", "items.forEach(async (x) => {", 1),
    ("debugger", "javascript", "  debugger;", 1),
    ("open-task", "rust", "let x = 1; // TODO: the rest", 1),
]

QUIET = [
    ("markdown", "Title\n=======\n"),
    ("go", 'x := "AKIAIOSFODNN7EXAMPLE"'),
    ("javascript", 'const password = "<your password>";'),
    ("javascript", "const password = process.env.PASSWORD;"),
    ("javascript", 'const token = "${SECRET_TOKEN}";'),
    ("javascript", "// eval(input) is not used here"),
    ("javascript", "medieval(x); model.eval(); eval('1 + 1');"),
    ("javascript", "setTimeout(() => go(), 10)"),
    ("typescript", 'node.innerHTML = "";'),
    ("typescript", "node.innerHTML = sanitize(name);"),
    ("typescript", 'if (node.innerHTML == "x") {'),
    ("java", 'q = "SELECT * FROM t WHERE n = ?";'),
    ("javascript", 'say("Select a file from " + name)' + "; say('update it')"),
    ("c", "strncpy(to, from, n); my_strcpy(a, b);"),
    ("shellscript", "curl -o file https://x.example"),
    ("shellscript", 'rm -rf "${TARGET:?}"/lib'),
    ("java", "catch (IOException e) {\n  // it may be absent\n}"),
    ("go", "if err != nil {\n\treturn err\n}"),
    ("c", "if (state == 1) { while ((c = next())) {} }"),
    ("javascript", "if (Number.isNaN(x)) { items.map(async (x) => x) }"),
    ("javascript", "const debuggers = [];"),
    ("rust", 'let todo = "TODO list";'),
]


def names_in(language: str, text: str) -> list[tuple[str, int]]:
    remarks = check(Source("file", language, tuple(text.split("\n"))))
    return [(remark.rule.removeprefix("rule "), remark.line) for remark in remarks]


@pytest.mark.parametrize(("name", "language", "text", "line"), FOUND)
def test_a_rule_finds(name: str, language: str, text: str, line: int) -> None:
    assert (name, line) in names_in(language, text)


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_no_rule_finds(language: str, text: str) -> None:
    assert names_in(language, text) == []


def test_every_rule_is_tested() -> None:
    assert {name for name, *_ in FOUND} == {pattern.name for pattern in PATTERNS}


def test_lines_are_counted_from_where_the_shown_part_begins() -> None:
    (remark,) = check(Source("a.js", "javascript", ("x", "debugger;"), first=41))
    assert (remark.line, remark.quote) == (42, "debugger;")


@pytest.mark.parametrize(
    "text",
    [
        "var a=\"http://x\";if(b==c){d.innerHTML=e}/*x*/;f('SELECT a');" * 4_000,
        "`SELECT x \n" * 20_000,
        "# -- // TOD\n" * 20_000,
        "catch (" * 30_000,
        "<<<<<<< a\n" * 2_000,
        "catch" + "\n" * 100_000,
        "password" * 30_000,
    ],
    ids=["minified", "query", "comments", "catch", "conflict", "blank", "word"],
)
@pytest.mark.timeout(20)
def test_no_text_takes_long(text: str) -> None:
    check(Source("a.js", "javascript", tuple(text.split("\n"))))
