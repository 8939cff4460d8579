"""Which of Ruff's rules a review asks, and how grave each of them is.

Only rules that tell of defects are asked; style is the formatter's business. An entry is for the
rules that begin with it, and the longest wins.
"""

from __future__ import annotations

from claude_sidecar.findings.model import Category, Severity

SELECTED = (
    "F,E711,E712,E722,E9,A001,A002,ASYNC,B,BLE,DTZ,LOG,PERF,PIE794,PIE796,PLE,PLW,PLR0124,PLR1704,"
    "RUF005,RUF006,RUF008,RUF009,RUF012,RUF016,RUF018,RUF019,RUF034,S,SIM115,SIM220,SIM221,SIM222,"
    "SIM223,SIM401,TRY201,TRY203,TRY400"
)

IGNORED = (
    "B009,B010,B011,B905,B911,"  # style, or a matter of intent
    "PERF203,PERF402,PLW2901,PLW1514,"  # too often what is meant
    "S101,S311,S404,S603,S607"  # assert, random and subprocess are seldom wrong by themselves
)

_KINDS: dict[str, tuple[Severity, Category]] = {
    "A": ("hint", "naming"),
    "ASYNC": ("warning", "concurrency"),
    "B": ("warning", "bug"),
    "B006": ("error", "bug"),
    "B007": ("hint", "readability"),
    "B018": ("information", "readability"),
    "B023": ("error", "bug"),
    "B028": ("hint", "error-handling"),
    "B904": ("information", "error-handling"),
    "BLE": ("warning", "error-handling"),
    "DTZ": ("information", "bug"),
    "E711": ("information", "bug"),
    "E712": ("information", "readability"),
    "E722": ("warning", "error-handling"),
    "E9": ("error", "bug"),
    "F": ("error", "bug"),
    "F401": ("hint", "readability"),
    "F403": ("information", "readability"),
    "F405": ("information", "readability"),
    "F541": ("hint", "readability"),
    "F811": ("warning", "bug"),
    "F841": ("information", "readability"),
    "LOG": ("information", "bug"),
    "PERF": ("information", "performance"),
    "PIE": ("error", "bug"),
    "PLE": ("error", "bug"),
    "PLR": ("warning", "bug"),
    "PLW": ("warning", "bug"),
    "PLW0603": ("information", "readability"),
    "PLW1510": ("warning", "error-handling"),
    "RUF": ("information", "readability"),
    "RUF006": ("warning", "concurrency"),
    "RUF008": ("error", "bug"),
    "RUF009": ("warning", "bug"),
    "RUF012": ("warning", "bug"),
    "RUF016": ("error", "bug"),
    "S": ("warning", "security"),
    "S102": ("error", "security"),
    "S110": ("warning", "error-handling"),
    "S112": ("warning", "error-handling"),
    "S301": ("error", "security"),
    "S307": ("error", "security"),
    "S602": ("error", "security"),
    "S605": ("error", "security"),
    "S608": ("error", "security"),
    "SIM": ("warning", "bug"),
    "SIM401": ("hint", "readability"),
    "TRY": ("information", "error-handling"),
}

_SCENARIOS = {
    "B006": "Two calls without this argument: the second one sees what the first one put into it.",
    "B023": "The functions made in the loop are called after it: all of them see its last value.",
    "BLE001": "A misspelt name inside the `try` raises NameError, and the program carries on.",
    "E722": "The user presses Ctrl+C inside the `try`, and the program carries on.",
    "F821": "This line is reached: Python raises NameError.",
    "F823": "This line is reached before the assignment: Python raises UnboundLocalError.",
    "RUF006": "The garbage collector runs while the task waits: the task disappears unfinished.",
    "RUF012": "One instance changes the value, and every other instance sees the change.",
    "S110": "The operation fails; nothing is logged, and what follows works on missing results.",
    "S112": "Every item fails; the loop ends normally and nobody is told.",
    "S301": "The data comes from someone else: unpickling it runs the code they put into it.",
    "S307": "The text is `__import__('os').system('...')`: that command is run.",
    "S602": "The value contains `; rm -rf ~`: the shell runs that as well.",
    "S605": "The value contains `; rm -rf ~`: the shell runs that as well.",
    "S608": "The value is `' OR '1'='1`: the query gives every row, whoever asks.",
    "S113": "The server accepts the connection and never answers: this call never returns.",
    "SIM115": "An exception is raised before the file is closed: it stays open, its data unwritten.",
}

_TOLD_BY = {
    "BLE001": frozenset({"S110", "S112", "E722"}),
    "E722": frozenset({"S110", "S112"}),
}


def kind_of(code: str) -> tuple[Severity, Category]:
    """How grave a rule's findings are, and of what kind; of a syntax error, which has no rule."""
    for length in range(len(code), 0, -1):
        kind = _KINDS.get(code[:length])
        if kind is not None:
            return kind
    return ("error", "bug")


def scenario_of(code: str) -> str | None:
    """How a rule's finding shows itself."""
    return _SCENARIOS.get(code)


def said_by_another(code: str, others: set[str]) -> bool:
    """Whether rules that found something in the same place say the same, and more exactly."""
    return bool(_TOLD_BY.get(code, frozenset()) & others)
