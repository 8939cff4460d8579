"""Text that is streamed, comes whole, breaks off and is begun again."""

from __future__ import annotations

from claude_sidecar.agent.speech import Speech


def streamed(speech: Speech, message_id: str, *pieces: str) -> str:
    speech.begin_message(message_id)
    speech.begin_block()
    return "".join(speech.streamed(piece) for piece in pieces)


def test_a_streamed_message_that_comes_whole_is_no_news() -> None:
    speech = Speech()
    assert streamed(speech, "a", "One ", "two.") == "One two."
    assert not speech.came_whole("a")


def test_messages_are_paragraphs_of_their_own() -> None:
    speech = Speech()
    streamed(speech, "a", "One.")
    speech.came_whole("a")
    assert streamed(speech, "b", "Two.") == "\n\nTwo."


def test_blocks_of_a_message_are_paragraphs_of_their_own() -> None:
    speech = Speech()
    streamed(speech, "a", "One.")
    speech.begin_block()
    assert speech.streamed("Two.") == "\n\nTwo."


def test_a_message_that_was_not_streamed_is_news() -> None:
    speech = Speech()
    assert speech.came_whole("a")
    assert speech.whole("One.") == "One."
    assert speech.came_whole("a")
    assert speech.whole("Two.") == "\n\nTwo."


def test_what_is_said_again_after_a_break_is_said_once() -> None:
    speech = Speech()
    assert streamed(speech, "a", "One, two") == "One, two"
    assert streamed(speech, "b", "One", ", two, three", ", four.") == ", three, four."


def test_what_is_said_again_whole_is_said_once() -> None:
    speech = Speech()
    streamed(speech, "a", "One, two")
    assert speech.came_whole("b")
    assert speech.whole("One, two, three.") == ", three."


def test_something_else_after_a_break_is_a_paragraph_of_its_own() -> None:
    speech = Speech()
    streamed(speech, "a", "One, two")
    assert streamed(speech, "b", "On", "ward.") == "\n\nOnward."
    assert not speech.came_whole("b")
    assert streamed(speech, "c", "Three.") == "\n\nThree."


def test_thinking_alone_counts_as_streamed() -> None:
    speech = Speech()
    speech.begin_message("a")
    speech.thought()
    assert not speech.came_whole("a")
