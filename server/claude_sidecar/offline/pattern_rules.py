"""What the general rules look for: few things, and each of them seldom something else.

They are kept to what the text of a line or two can tell. For Python, Ruff says most of it better.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from claude_sidecar.findings.model import Category, Severity

_SCRIPT = frozenset({"javascript", "typescript", "javascriptreact", "typescriptreact"})
_BRACES = _SCRIPT | {"java", "csharp", "cpp", "kotlin", "php"}
_SQL = r"SELECT\b[^\"'`]{0,500}\bFROM|INSERT\s+INTO|UPDATE\b[^\"'`]{0,500}\bSET|DELETE\s+FROM"
"""In capitals or in small letters; what begins with one capital is prose."""

_PLACEHOLDER = re.compile(
    r"example|change.?me|placeholder|your|dummy|xxx|\*\*\*|<|\$\{|%\(|test", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule: what it looks for, where, and what to say.

    :param languages: only in these; None: in every one.
    :param but: a match that also contains this is no finding.
    :param comments: look at comments as well.
    """

    name: str
    find: re.Pattern[str]
    severity: Severity
    category: Category
    title: str
    message: str
    languages: frozenset[str] | None = None
    but: re.Pattern[str] | None = None
    comments: bool = False
    failure_scenario: str | None = None


def _lines(expression: str) -> re.Pattern[str]:
    """Compile a rule's expression; white space in it is bounded, so that no text takes long."""
    bounded = expression.replace(r"\s*", r"\s{0,40}").replace(r"\s+", r"\s{1,40}")
    return re.compile(bounded, re.MULTILINE)


PATTERNS = (
    Pattern(
        "merge-conflict",
        _lines(r"^<{7}(?: .*)?$(?=(?:\n.*){0,500}?\n>{7}(?: .*)?$)"),
        "error",
        "bug",
        "A merge conflict was left unresolved",
        "Both sides of the conflict are still in the file, with Git's markers between them.",
        comments=True,
        failure_scenario="The file is compiled or loaded: it ends with a syntax error here.",
    ),
    Pattern(
        "private-key",
        _lines(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
        "error",
        "security",
        "A private key is in the source",
        "Whoever can read the source can use the key. Replace it, and load the new one from "
        "outside the repository.",
        comments=True,
    ),
    Pattern(
        "access-token",
        _lines(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[baprs]-[\w-]{10,}|sk_live_\w{16,})\b"),
        "error",
        "security",
        "An access token is in the source",
        "Whoever can read the source, now or in its history, can use the token. Revoke it, and "
        "read the new one from the environment.",
        but=re.compile("EXAMPLE"),
        comments=True,
    ),
    Pattern(
        "hard-coded-secret",
        _lines(
            r"(?i)\b\w*(?:passw(?:or)?d|secret|api_?key|(?:access|auth)_?token)[\"']?"
            r"\s*(?::\s*\w+\s*)?(?:=|:|=>)\s*[\"'][^\"'\s]{8,}[\"']"
        ),
        "warning",
        "security",
        "A secret is written into the source",
        "Whoever can read the source can use it, and it cannot be changed without a release. Read "
        "it from the environment or a secret store.",
        languages=_BRACES | {"go", "rust", "ruby", "shellscript", "c", "yaml", "json"},
        but=_PLACEHOLDER,
    ),
    Pattern(
        "eval",
        _lines(r"(?<![\w.$])eval\s*\(\s*(?![\"'][^\"']*[\"']\s*\))|\bnew\s+Function\s*\(\s*[^)\s]"),
        "error",
        "security",
        "Text is executed as code",
        "If any part of the text can come from outside, so can the code that runs. Parse the data "
        "instead, or look the action up in a table.",
        languages=_SCRIPT | {"php", "ruby"},
        failure_scenario="The text comes from a request: the sender's code runs with your rights.",
    ),
    Pattern(
        "timer-string",
        _lines(r"\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"),
        "warning",
        "security",
        "A timer is given text, which it executes as code",
        "A string handed to a timer is evaluated like `eval`. Hand it a function.",
        languages=_SCRIPT,
    ),
    Pattern(
        "inner-html",
        _lines(r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)\s*(?![\"'][^\"'\n]*[\"']\s*;?\s*$)\S.*"),
        "warning",
        "security",
        "Markup is built from data",
        "What the data contains becomes markup of the page, scripts included. Set `textContent`, "
        "or clean the markup first.",
        languages=_SCRIPT,
        but=re.compile(r"sanitize|escape", re.IGNORECASE),
        failure_scenario="The data holds `<img src=x onerror=...>`: the script runs in the page.",
    ),
    Pattern(
        "sql-concatenation",
        _lines(
            rf"[\"'](?:{_SQL}|{_SQL.lower()})\b[^\"\n]*[\"']\s*[+.]\s*[\w$]"
            rf"|`(?:{_SQL}|{_SQL.lower()})\b[^`]{{0,500}}\$\{{"
        ),
        "error",
        "security",
        "A query is put together from text",
        "A value that contains a quotation mark changes what the query means. Pass values as "
        "parameters.",
        languages=_BRACES | {"go"},
        failure_scenario="The value is `' OR '1'='1`: the query gives every row, whoever asks.",
    ),
    Pattern(
        "tls-unverified",
        _lines(r"rejectUnauthorized\s*:\s*false|InsecureSkipVerify\s*:\s*true"),
        "error",
        "security",
        "Certificates are not checked",
        "Anyone between the two ends can read and change what is sent.",
    ),
    Pattern(
        "unbounded-copy",
        _lines(r"(?<![\w.>])(?:gets|strcpy|strcat|sprintf)\s*\("),
        "warning",
        "security",
        "Text is copied without regard to the buffer's size",
        "Longer text than expected is written past the end of the buffer. Use the variant that "
        "takes a size.",
        languages=frozenset({"c", "cpp"}),
    ),
    Pattern(
        "download-to-shell",
        _lines(r"\b(?:curl|wget)\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b"),
        "warning",
        "security",
        "A download is executed unseen",
        "Whatever the server sends, in part or changed, is run at once.",
        languages=frozenset({"shellscript"}),
    ),
    Pattern(
        "remove-below-variable",
        _lines(r"\brm\s+-\w*r\w*\s+(?:-\w+\s+)*\"?\$(?:\w+|\{\w+\})\"?/"),
        "error",
        "bug",
        "An empty variable deletes from the root",
        "If the variable is empty or misspelt, the path begins at `/`. Write `${NAME:?}`.",
        languages=frozenset({"shellscript"}),
        failure_scenario="The variable is not set: `rm` begins at `/`.",
    ),
    Pattern(
        "empty-catch",
        _lines(r"\bcatch\s*(?:\([^)]{0,200}\))?\s*\{\s*\}"),
        "warning",
        "error-handling",
        "An error is caught and dropped",
        "The failure is neither handled nor told; what follows works on missing results.",
        languages=_BRACES,
        failure_scenario="The operation fails; nobody is told, and the program carries on.",
    ),
    Pattern(
        "empty-error-check",
        _lines(r"\bif\s+err\s*!=\s*nil\s*\{\s*\}"),
        "warning",
        "error-handling",
        "An error is checked and dropped",
        "The failure is neither handled nor told; what follows works on missing results.",
        languages=frozenset({"go"}),
    ),
    Pattern(
        "assignment-as-condition",
        _lines(
            r"\b(?:if|while)\s*\(\s*[\w.\[\]]+\s*=\s*(?:-?\d+|\"[^\"]*\"|'[^']*'|true|false|null|NULL)\s*\)"
        ),
        "error",
        "bug",
        "A condition assigns instead of comparing",
        "The variable is overwritten, and the condition is always the same.",
        languages=_BRACES | {"c"},
    ),
    Pattern(
        "compare-nan",
        _lines(r"[=!]==?\s*(?:Number\.)?NaN\b"),
        "error",
        "bug",
        "A comparison with NaN never holds",
        "NaN is equal to nothing, itself included. Use `Number.isNaN`.",
        languages=_SCRIPT,
    ),
    Pattern(
        "async-for-each",
        _lines(r"\.forEach\s*\(\s*async\b"),
        "warning",
        "concurrency",
        "`forEach` does not wait for asynchronous functions",
        "The calls all run at once, nothing waits for their end, and their errors reach nobody. "
        "Use `for ... of` with `await`, or `Promise.all`.",
        languages=_SCRIPT,
        failure_scenario="The code after the loop runs before a single call has finished.",
    ),
    Pattern(
        "debugger",
        _lines(r"^\s*debugger\s*;?\s*$"),
        "warning",
        "bug",
        "A `debugger` statement was left behind",
        "Execution stops here whenever developer tools are open.",
        languages=_SCRIPT,
    ),
    Pattern(
        "open-task",
        _lines(r"(?:#|//|/\*|^\s*\*|--|<!--).*?\b(?:FIXME|TODO|XXX)\b.*$"),
        "hint",
        "other",
        "A note says that something is still to be done",
        "The author knew of something unfinished here: see whether it still holds.",
        comments=True,
    ),
)
