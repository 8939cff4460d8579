"""What is not clearly a yes is a no, and everything that is asked can be seen."""

from collections.abc import Callable

import pytest

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.ports import (
    PermissionOptionKind,
    PermissionQuestion,
    Question,
    QuestionOption,
    UserQuestions,
)
from claude_sidecar.terminal.person import PersonAtTerminal
from support.terminal import readable_screen

RUN = PermissionQuestion(
    session_id="s",
    turn_id="t",
    tool_call_id="c",
    title="Bash",
    tool_kind="execute",
    raw_input={"command": "rm -rf build\n\x1b[2Kecho harmless"},
    description="Clean up",
)


def _typing(*lines: str) -> Callable[[str], str]:
    left = list(lines)

    def read_line(prompt: str) -> str:
        assert prompt
        if not left:
            raise EOFError
        return left.pop(0)

    return read_line


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["y"], "allow_once"),
        (["YES "], "allow_once"),
        (["a"], "allow_always"),
        (["n"], "reject_once"),
        ([""], "reject_once"),
        (["yikes"], "reject_once"),
        ([], None),
    ],
    ids=["y", "yes", "always", "no", "nothing", "something else", "end of input"],
)
def test_permission(typed: list[str], answer: PermissionOptionKind | None) -> None:
    screen = readable_screen(terminal=False)

    assert PersonAtTerminal(screen.screen, _typing(*typed), lambda: None).permit(RUN) == answer


def test_an_answer_that_is_not_offered_is_a_refusal() -> None:
    screen = readable_screen(terminal=False)
    question = PermissionQuestion("s", "t", "c", "Bash", "execute", {}, options=("allow_once",))

    person = PersonAtTerminal(screen.screen, _typing("always"), lambda: None)

    assert person.permit(question) == "reject_once"


def test_a_command_is_shown_whole_and_harmless() -> None:
    screen = readable_screen(terminal=False)
    PersonAtTerminal(screen.screen, _typing("n"), lambda: None).permit(RUN)

    assert "Claude wants to run a command: Clean up" in screen.asides
    assert "  $ rm -rf build\n  $ \\x1b[2Kecho harmless\n" in screen.asides


def test_an_edit_is_shown_as_a_diff() -> None:
    screen = readable_screen(terminal=False)
    diff = FileDiff("/w/a.py", "one\ntwo\n", "one\n2\n")
    question = PermissionQuestion("s", "t", "c", "Edit a.py", "edit", {"x": 1}, diff=diff)

    PersonAtTerminal(screen.screen, _typing("n"), lambda: None).permit(question)

    assert "  -two\n  +2\n" in screen.asides


def test_questions_are_answered_by_number_or_in_words() -> None:
    screen = readable_screen(terminal=False)
    options = (QuestionOption("SQLite", "a file"), QuestionOption("Postgres"))
    questions = UserQuestions(
        "s",
        "t",
        (
            Question("Which store?", "Store", multi_select=False, options=options),
            Question("Which to test?", "Tests", multi_select=True, options=options),
            Question("Why?", "Reason", multi_select=False, options=()),
        ),
    )

    person = PersonAtTerminal(screen.screen, _typing("1", "2, 1", "because"), lambda: None)

    assert person.answer(questions) == {
        "Which store?": "SQLite",
        "Which to test?": "Postgres, SQLite",
        "Why?": "because",
    }
    assert "  1. SQLite: a file\n  2. Postgres\n" in screen.asides


def test_questions_without_an_answer_have_none() -> None:
    screen = readable_screen(terminal=False)
    question = Question("Why?", "Reason", multi_select=False, options=())

    person = PersonAtTerminal(screen.screen, _typing(), lambda: None)

    assert person.answer(UserQuestions("s", "t", (question,))) is None
