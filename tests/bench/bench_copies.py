"""Copies of transcripts: a follow-up with and without one, and looking one over before a resume."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import anyio
from anyio.from_thread import BlockingPortal

from bench.comparing import Comparison, Subject
from bench.conftest import InstantModel
from bench.talkers import PROMPT, subject
from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.agent.projects import Projects
from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.sessions.events import AgentEvent, AgentMessageChunk
from claude_sidecar.sessions.ports import AgentOptions, TranscriptKey
from claude_sidecar.sessions.prompts.tools import TOOL_SPECS
from claude_sidecar.store.sqlite import open_store
from support.agents import Conversation, RecordingHost

_ENTRY = {"type": "user", "message": {"role": "user", "content": "word " * 800}}


class Agent:
    """A conversation with our agent, in this process."""

    def __init__(self, agent: ClaudeAgent, talk: Conversation) -> None:
        self._agent = agent
        self._talk = talk
        self._begun = False

    async def turn(self, first: Callable[[], None]) -> None:
        def heard(event: AgentEvent) -> None:
            if isinstance(event, AgentMessageChunk):
                first()

        request = self._talk.request(PROMPT, begun=self._begun)
        outcome = await self._agent.run(request, RecordingHost(on_event=heard))
        assert outcome.stop_reason == "end_turn", outcome.error
        self._begun = True


@asynccontextmanager
async def agent(
    environment: dict[str, str], folder: Path, *, copies: bool
) -> AsyncGenerator[Agent]:
    """With a store for copies, or without."""
    options = AgentOptions(str(folder), "", env=tuple(environment.items()))
    async with open_store(folder / f"{copies}.sqlite3") as store:
        records = store if copies else None
        async with ClaudeAgent(TOOL_SPECS, live_max=1, idle_seconds=600, records=records) as agent:
            yield Agent(agent, Conversation(folder, options=options))


def test_follow_up_with_a_copy(
    comparison: Comparison,
    portal: BlockingPortal,
    model: InstantModel,
    environment: dict[str, str],
    folder: Path,
) -> None:
    with (
        portal.wrap_async_context_manager(agent(environment, folder, copies=True)) as copied,
        portal.wrap_async_context_manager(agent(environment, folder, copies=False)) as bare,
    ):
        comparison.run(
            "follow-up in process, sent to first words",
            subject("with a copy of the transcript", portal, copied),
            subject("without", portal, bare),
            rounds=40,
        )


@asynccontextmanager
async def looked_over(folder: Path, megabytes: int) -> AsyncGenerator[TranscriptCopy]:
    """A transcript of that size that was copied before."""
    options = AgentOptions(str(folder), "", env=(("CLAUDE_CONFIG_DIR", str(folder / "claude")),))
    projects, session_id = Projects(options), str(uuid.uuid4())
    path = projects.path(TranscriptKey(projects.project, session_id))
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(_ENTRY | {"uuid": str(uuid.uuid4())}) for _ in range(250 * megabytes))
    await anyio.Path(path).write_text("".join(f"{line}\n" for line in lines))
    async with open_store(folder / f"{megabytes}.sqlite3") as store:
        await TranscriptCopy(store, options, session_id).take_in()
        yield TranscriptCopy(store, options, session_id)


def test_looking_a_transcript_over(
    comparison: Comparison, portal: BlockingPortal, folder: Path
) -> None:
    """What it takes to know that it is whole: the larger with the smallest."""
    with ExitStack() as stack:

        def one(megabytes: int) -> Subject:
            copy = stack.enter_context(
                portal.wrap_async_context_manager(looked_over(folder, megabytes))
            )
            return Subject(f"{megabytes} MB", lambda: portal.call(copy.put_back))

        sizes = [one(megabytes) for megabytes in (16, 4, 1)]
        comparison.run("a transcript looked over before a resume", *sizes, rounds=15)
