"""Lists of prompts that were not finished: which step is to be done next.

Nothing is kept of a list but its turns. Each that has not ended well has the whole list in its
record and says which step it is; so the list is found again after a restart, and what was done of
it is not done twice.
"""

from __future__ import annotations

from dataclasses import replace

from claude_sidecar.sessions.model import Session, Turn
from claude_sidecar.sessions.ports import Store
from claude_sidecar.sessions.records import RequestRecords
from claude_sidecar.sessions.requests import StepsRequest


async def unfinished_steps(store: Store, session: Session) -> StepsRequest | None:
    """The session's last list of steps, from the step on that did not end well; None where all
    lists were finished.
    """
    turns = [turn for turn in await store.turns(session.id) if turn.kind == "step"]
    recorded = [await _recorded(store, turn) for turn in turns]
    last = next((each for each in reversed(recorded) if each is not None), None)
    if last is None:
        return None
    whole = replace(last[0], first=1)
    due = 1
    for turn, record in zip(turns, recorded, strict=True):
        if record is not None and replace(record[0], first=1) == whole:
            continue  # it did not end well: the step is still due
        if due <= len(whole.steps) and turn.prompt == whole.steps[due - 1]:
            due += 1
        elif turn.prompt == whole.steps[0]:
            due = 2  # the list was begun anew
    return replace(whole, first=due) if due <= len(whole.steps) else None


async def _recorded(store: Store, turn: Turn) -> tuple[StepsRequest, int] | None:
    if turn.stop_reason == "end_turn":
        return None
    text = await store.request_of(turn.id)
    record = None if text is None else RequestRecords().read(text)
    if record is None or not isinstance(record[0], StepsRequest):
        return None
    return record[0], record[1]
