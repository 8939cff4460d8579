"""Lists of prompts: how they end, and which step of one that was not finished is to be done next.

Nothing is kept of a list but its turns. Each that has not ended well has the whole list in its
record and says which step it is; so the list is found again after a restart, and what was done of
it is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import Key, Session, Turn, TurnResult
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import StepsRequest
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import Store


@dataclass(frozen=True, slots=True)
class StepLists:
    """The lists of steps of all files.

    :param running: the turns of a session that run or wait, by its id.
    """

    store: Store
    running: Callable[[str], Sequence[RunningTurn]]

    async def unfinished(self, key: Key) -> StepsRequest:
        """The file's last list of steps, from the step on that did not end well.

        :raises InvalidRequest: if there is none.
        """
        session = await self.store.current_session(key)
        found = None if session is None else await _unfinished(self.store, session)
        if found is None or (session is not None and self.running(session.id)):
            raise InvalidRequest(
                "There are no steps to go on with: none were given for "
                f"{key.file or key.workspace}, all were done, or they still run.",
                field="resume",
            )
        return found

    async def results(
        self, turns: Sequence[RunningTurn], *, stop_on_error: bool = True
    ) -> tuple[TurnResult, ...]:
        """Wait for steps. The list ends early when one is cancelled, or with `stop_on_error` when
        one does not end well; those that follow it are then cancelled.

        :raises TurnFailure: if the first could not begin.
        """
        results: list[TurnResult] = []
        for number, turn in enumerate(turns):
            result = await turn.over()
            results.append(result)
            failed = stop_on_error and result.stop_reason != "end_turn"
            if failed or result.stop_reason == "cancelled":
                for following in turns[number + 1 :]:
                    following.cancel()
                for following in turns[number + 1 :]:
                    await following.over()
                if not number:
                    await turn.result()
                break
        return tuple(results)


async def _unfinished(store: Store, session: Session) -> StepsRequest | None:
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
