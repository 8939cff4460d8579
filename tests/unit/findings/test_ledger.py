"""The same claim in other words is the same claim; another one about the same code is not."""

from dataclasses import replace

from claude_sidecar.findings.ledger import is_settled, likeness, same_claim
from claude_sidecar.findings.model import Finding
from claude_sidecar.text import Position, Range


def at(start: int, end: int) -> Range:
    return Range(Position(3, start), Position(3, end))


OLD = Finding(
    id="old",
    file="/w/a.py",
    range=at(4, 24),
    severity="error",
    category="bug",
    title="Division by zero",
    message="mean fails for an empty list",
    quote="total / len(values)",
    session_id="s",
    turn_id="t1",
    created_at=0.0,
)
NEW = replace(OLD, id="new", turn_id="t2", title="An empty list crashes", message="len is zero")


def test_other_words_about_the_same_code() -> None:
    assert same_claim([OLD], NEW) is OLD
    assert same_claim([OLD], replace(NEW, range=at(20, 30), quote="(values)")) is OLD


def test_another_kind_of_claim_another_place_another_file() -> None:
    assert same_claim([OLD], replace(NEW, category="naming")) is None
    assert same_claim([OLD], replace(NEW, range=at(24, 30))) is None
    assert same_claim([OLD], replace(NEW, file="/w/b.py")) is None


def test_two_findings_of_one_turn_are_two_unless_they_have_one_title() -> None:
    twin = replace(NEW, turn_id=OLD.turn_id)
    assert same_claim([OLD], twin) is None
    assert same_claim([OLD], replace(twin, title=OLD.title)) is OLD


def test_of_several_the_one_in_the_most_like_words() -> None:
    other = replace(OLD, id="other", title="Rounding", message="integers are truncated")
    rephrased = replace(NEW, title="Integers", message="they are truncated when divided")
    assert same_claim([OLD, other], rephrased) is other
    assert likeness(other, rephrased) > likeness(OLD, rephrased)


def test_a_lost_one_is_known_again_by_its_quote() -> None:
    lost = replace(OLD, anchor="lost", state="stale", range=at(0, 0))
    moved = replace(NEW, range=at(40, 60), quote="total  /  len(values)")
    assert same_claim([lost], moved) is lost


def test_a_dismissal_holds_while_the_code_is_unchanged() -> None:
    dismissed = replace(OLD, state="dismissed")
    assert is_settled(dismissed, "total  /\n len(values)")
    assert not is_settled(dismissed, "total / len(numbers)")
    assert not is_settled(OLD, OLD.quote)
