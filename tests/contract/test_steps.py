"""Lists of prompts: stopped at an error or not, and gone on with after a restart."""

from __future__ import annotations

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.offline.script import call, say
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio

STEPS = ["Rename it.", "Test it.", "Document it."]


@pytest.fixture
def path(desk: Desk) -> str:
    return desk.write("a.py", "a = 1\n")


async def test_after_a_restart_it_goes_on_with_the_step_that_failed(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(say("Renamed."))
    model.script.when("Test it.").fail(400, times=3).reply(say("Tested."))
    model.script.when("Document it.").reply(say("Documented."))
    async with desk.open() as sidecar:
        first = await sidecar.run_steps(STEPS, path=path)
    async with desk.open() as sidecar:
        rest = await sidecar.resume_steps(path=path)
        with pytest.raises(InvalidRequest, match="no steps to go on with"):
            await sidecar.resume_steps(path=path)
    assert [each.stop_reason for each in first] == ["end_turn", "error"]
    assert [each.text for each in rest] == ["Tested.", "Documented."]
    assert {each.session_id for each in rest} == {first[0].session_id}
    asked = [each.last_prompt.partition("\n")[0] for each in model.requests]
    assert asked[-2:] == ["# Task: step 2 of 3", "# Task: step 3 of 3"]


async def test_where_it_is_to_go_on_at_an_error_the_steps_behind_it_are_done(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(say("Renamed."))
    model.script.when("Test it.").fail(400, times=3)
    model.script.when("Document it.").reply(say("Documented."))
    async with desk.open() as sidecar:
        results = await sidecar.run_steps(STEPS, path=path, stop_on_error=False)
    assert [each.stop_reason for each in results] == ["end_turn", "error", "end_turn"]
    assert results[-1].text == "Documented."
    assert len({each.session_id for each in results}) == 1


async def test_steps_behind_the_one_that_failed_are_done_again(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(say("Renamed."))
    model.script.when("Test it.").fail(400, times=3).reply(say("Tested."))
    model.script.when("Document it.").reply(say("Documented.")).reply(say("Documented anew."))
    async with desk.open() as sidecar:
        await sidecar.run_steps(STEPS, path=path, stop_on_error=False)
        again = await sidecar.resume_steps(path=path)
    assert [each.text for each in again] == ["Tested.", "Documented anew."]


async def test_what_fails_again_is_gone_on_with_from_there(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.when("Rename it.").fail(400, times=3).reply(say("Renamed."))
    model.script.when("Test it.").reply(say("Tested."))
    model.script.when("Document it.").fail(400, times=3).reply(say("Documented."))
    async with desk.open() as sidecar:
        stopped = await sidecar.run_steps(STEPS, path=path)
        again = await sidecar.resume_steps(path=path)
        rest = await sidecar.resume_steps(path=path)
    assert [len(each) for each in (stopped, again, rest)] == [1, 3, 1]


async def test_each_step_can_be_taken_back_alone(desk: Desk, model: Model, path: str) -> None:
    for old, new in (("a = 1", "a = 2"), ("a = 2", "a = 3")):
        model.script.reply(call("Read", file_path=path)).reply(
            call("Edit", file_path=path, old_string=old, new_string=new)
        ).reply(say("Done."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open() as sidecar:
        _, second = await sidecar.run_steps(["To two.", "To three."], path=path)
        assert await anyio.Path(path).read_text() == "a = 3\n"
        await sidecar.sessions.rewind(second.turn_id, nobody_agrees)
    assert await anyio.Path(path).read_text() == "a = 2\n"


async def nobody_agrees(rewind: object) -> bool:
    return False


async def test_without_steps_there_is_nothing_to_go_on_with(
    desk: Desk, model: Model, path: str
) -> None:
    async with desk.open() as sidecar:
        with pytest.raises(InvalidRequest, match="no steps to go on with"):
            await sidecar.resume_steps(path=path)
