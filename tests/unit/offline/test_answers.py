"""Follow-up questions to the rule-based reviewer."""

from __future__ import annotations

import pytest

from claude_sidecar.offline.answers import SIGNATURE
from claude_sidecar.offline.messages import parse_request
from claude_sidecar.offline.replies import Reply, Say
from claude_sidecar.offline.reviewer import Reviewer
from claude_sidecar.sessions.conversations.recovery import recovered_prompt
from claude_sidecar.sessions.model import Turn
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.prompts.turns import ask_prompt
from support.talk import Talk

pytestmark = pytest.mark.anyio

CODE = """\
import pickle


def read(data):
    return pickle.loads(data)


def collect(item, into=[]):
    into.append(item)
    total = 0
    return into
"""


@pytest.fixture
async def talk() -> Talk:
    """After a review with three findings: lines 5, 8 and 10."""
    talk = Talk("store.py", CODE)
    await talk.review()
    assert [call["line"] for call in talk.calls] == [5, 8, 10]
    return talk


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many findings are there?", "3 findings: 2 error, 1 information."),
        ("What did you find?", "3. `store.py` line 10, information:"),
        ("Tell me about the first one", "**Finding 1**, `store.py` line 5 (error)"),
        ("and #2?", "**Finding 2**, `store.py` line 8 (error)"),
        ("What about the last one?", "**Finding 3**, `store.py` line 10"),
        ("What is wrong with line 8?", "**Finding 2**"),
        (
            "Is line 4 fine?",
            "No rule found anything on line 4, which reads:\n\n```\ndef read(data):",
        ),
        ("Why is `pickle` bad here?", "**Finding 1**"),
        ("Which is the most serious?", "The gravest: **Finding 1**"),
        ("Which of your findings matters most?", "The gravest: **Finding 1**"),
        ("What should I fix first?", "The gravest: **Finding 1**"),
        ("How do I fix collect?", "if some_list is None:"),
        ("What is the weather like?", "I cannot answer that"),
        ("What did I ask before?", "- A review"),
        ("Finding 7?", "There is no finding 7: 3 findings so far."),
        ("", "I cannot answer that"),
    ],
)
async def test_a_question_after_a_review(question: str, expected: str, talk: Talk) -> None:
    reply = await talk.ask(question)
    assert expected in reply
    assert reply.endswith(SIGNATURE)


async def test_it_means_what_was_spoken_of_last(talk: Talk) -> None:
    await talk.ask("Tell me about the third one")
    assert "**Finding 3**" in await talk.ask("Why does it matter?")
    assert "**Finding 3**" in await talk.ask("How would I repair it?")


async def test_what_was_asked_is_remembered(talk: Talk) -> None:
    await talk.ask("Which is the most serious?")
    reply = await talk.ask("What did I ask you before this, and how many findings were there?")
    assert "- A review\n- Which is the most serious?" in reply
    assert "3 findings" in reply


async def test_a_second_review_counts_anew(talk: Talk) -> None:
    talk.subject = Talk("store.py", "print(missing)\n").subject
    await talk.review()
    assert "One finding: 1 error." in await talk.ask("How many?" + " How many are there?")
    assert "3 findings more from earlier" in await talk.ask("How many findings?")
    assert "`missing`" in await talk.ask("the first one")


async def test_a_name_that_no_finding_is_about_is_shown_where_it_is(talk: Talk) -> None:
    reply = await talk.ask("What is `append` for?")
    assert "No finding is about `append`" in reply
    assert "9:     into.append(item)" in reply


async def test_a_file_that_was_shown_but_not_reviewed() -> None:
    talk = Talk("store.py", CODE)
    assert "3 findings" in await talk.ask("Is anything wrong in this file?", shown=True)
    assert talk.calls == []


async def test_nothing_is_made_up_when_nothing_is_known() -> None:
    talk = Talk("store.py", CODE)
    assert "Nothing has been found" in await talk.ask("How many findings are there?")
    assert "Nothing was said before this" in await Talk("b.py").ask("What did I say before?")


async def test_findings_survive_a_lost_transcript(talk: Talk) -> None:
    closing = talk.messages[-1]["content"][0]["text"]
    turn = Turn(
        id="t",
        session_id="s",
        kind="review",
        prompt="Review store.py",
        text=closing,
        started_at=0.0,
        stop_reason="end_turn",
    )
    question = ask_prompt(Subject("store.py"), "How many are there?", document_is_news=False)
    other = Talk("store.py", CODE)
    assert "3 findings: 2 error, 1 information." in await other.say(
        recovered_prompt(question, [turn])
    )
    assert "line 8 (error)" in await other.ask("And the second one?")
    assert "- Review store.py" in await other.ask("What did I ask before?")


async def test_findings_survive_a_compaction(talk: Talk) -> None:
    await talk.ask("Which is the worst?")
    ask = "Answer in text. Your task is to create a detailed summary of the conversation."
    messages = [*talk.messages, {"role": "user", "content": ask}]
    reply = await Reviewer()(parse_request({"messages": messages}, {}))
    assert isinstance(reply, Reply)
    summary = "".join(
        chunk for part in reply.parts if isinstance(part, Say) for chunk in part.chunks
    )
    assert summary.startswith("<summary>")
    assert "Which is the worst?" in summary
    talk.messages[:] = [
        {
            "role": "user",
            "content": "This session is being continued from a previous conversation that ran "
            f"out of context.\n\n{summary}",
        },
        {"role": "assistant", "content": "Yes."},
    ]
    assert "3 findings: 2 error, 1 information." in await talk.ask("How many were there?")
