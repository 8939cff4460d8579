"""What is not clearly a yes is a no, and everything that is asked can be seen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from claude_sidecar.sessions.events import FileDiff
from claude_sidecar.sessions.ports import (
    PermissionAnswer,
    PermissionOption,
    PermissionQuestion,
    Question,
    QuestionOption,
    UserQuestions,
)
from claude_sidecar.terminal.person import PersonAtTerminal
from support.terminal import readable_screen

YES = PermissionOption("allow_once", "Allow", "allow_once")
OPTIONS = (
    YES,
    PermissionOption(
        "allow_always", "Always allow Bash(rm *)\u202e in this session", "allow_always"
    ),
    PermissionOption("allow_always_workspace", "Always allow it here", "allow_always"),
    PermissionOption("reject_once", "Refuse", "reject_once"),
)
RUN = PermissionQuestion(
    session_id="s",
    turn_id="t",
    tool_call_id="c",
    title="Bash",
    tool_kind="execute",
    raw_input={"command": "rm -rf build\n\x1b[2Kecho harmless"},
    options=OPTIONS,
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
    ("typed", "option", "message"),
    [
        (["y"], "allow_once", None),
        (["YES "], "allow_once", None),
        (["a"], "allow_always", None),
        (["w"], "allow_always_workspace", None),
        (["n"], "reject_once", None),
        (["n, use pnpm"], "reject_once", "use pnpm"),
        (["No: not now"], "reject_once", "not now"),
        ([""], "reject_once", None),
        (["yikes"], "reject_once", "yikes"),
        (["yes but not there"], "reject_once", "yes but not there"),
    ],
    ids=str,
)
def test_permission(typed: list[str], option: str, message: str | None) -> None:
    screen = readable_screen(terminal=False)
    person = PersonAtTerminal(screen.screen, _typing(*typed), lambda: None)
    assert person.permit(RUN) == PermissionAnswer(option, message)


def test_the_end_of_the_input_is_no_answer() -> None:
    screen = readable_screen(terminal=False)
    assert PersonAtTerminal(screen.screen, _typing(), lambda: None).permit(RUN) is None


def test_an_answer_that_is_not_offered_is_a_refusal() -> None:
    screen = readable_screen(terminal=False)
    question = PermissionQuestion("s", "t", "c", "Bash", "execute", {}, options=(YES,))

    answer = PersonAtTerminal(screen.screen, _typing("a"), lambda: None).permit(question)

    assert answer is not None
    assert answer.option_id == "reject_once"


def test_what_is_offered_and_why_it_is_asked_can_be_read() -> None:
    screen = readable_screen(terminal=False)
    question = replace(RUN, number=2, pending=3, again=True, reason="a.pem may hold secrets.")

    PersonAtTerminal(screen.screen, _typing("n"), lambda: None).permit(question)

    assert "Question 2 of this turn; 3 are open." in screen.asides
    assert "It was asked before" in screen.asides
    assert "a.pem may hold secrets." in screen.asides
    assert "a = Always allow Bash(rm *)\\u202e in this session" in screen.asides


def test_a_command_is_shown_whole_and_harmless() -> None:
    screen = readable_screen(terminal=False)
    PersonAtTerminal(screen.screen, _typing("n"), lambda: None).permit(RUN)

    assert "Claude wants to run a command: Clean up" in screen.asides
    assert "  $ rm -rf build\n  $ \\x1b[2Kecho harmless\n" in screen.asides


def test_an_edit_is_shown_as_a_diff() -> None:
    screen = readable_screen(terminal=False)
    diff = FileDiff("/w/a.py", "one\ntwo\n", "one\n2\n")
    question = PermissionQuestion("s", "t", "c", "Edit a.py", "edit", {"x": 1}, OPTIONS, diff=diff)

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
