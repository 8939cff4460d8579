"""A follow-up question: from sending it to the first words of the answer."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from anyio.from_thread import BlockingPortal

from bench.comparing import Comparison, Subject
from bench.conftest import InstantModel
from bench.talkers import BareCalls, process_each, sidecar, subject, warm_client


def test_follow_up(
    comparison: Comparison,
    portal: BlockingPortal,
    model: InstantModel,
    environment: dict[str, str],
    folder: Path,
) -> None:
    with (
        closing(BareCalls(model.url)) as bare,
        portal.wrap_async_context_manager(sidecar(environment, folder)) as ours,
        portal.wrap_async_context_manager(warm_client(environment, folder)) as client,
    ):
        first = subject("claude-sidecar over stdio", portal, ours)
        first.run()
        first.after()
        bare.take_last_body()
        comparison.run(
            "follow-up, sent to first words",
            first,
            Subject("bare HTTP call, same body", bare.run, after=bare.read_rest),
            subject("ClaudeSDKClient, connected", portal, client),
            subject(
                "query(resume=...), a process a turn", portal, process_each(environment, folder)
            ),
            rounds=25,
        )
