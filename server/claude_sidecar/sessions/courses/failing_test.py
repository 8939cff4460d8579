"""A failing test, until it passes: run it, have the cause mended, run it again.

The developer is asked once whether the command may be run. What is said of the outcome is what was
seen: `verified` if it failed before and passed after Claude's change.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import anyio

from claude_sidecar.debugging.failures import read_symptom
from claude_sidecar.sessions.events import ToolCallStarted, ToolCallUpdated
from claude_sidecar.sessions.model import ToolCall, Verification, VerificationState
from claude_sidecar.sessions.planning.debug_plans import PlanFor
from claude_sidecar.sessions.planning.plans import CourseHost, TurnPlan
from claude_sidecar.sessions.ports import Allow, ToolUse
from claude_sidecar.sessions.ports.commands import CommandRun, CommandRunner
from claude_sidecar.sessions.symptoms.evidence import Reported, TestWish
from claude_sidecar.sessions.symptoms.gathering import Gatherer
from claude_sidecar.sessions.symptoms.prompts import again_prompt
from claude_sidecar.settings import Settings

_SHOWN: Final = 4_000
"""Characters of output that are shown while a command runs, and told of one that still fails."""
_REPORT_SECONDS: Final = 0.25
_TITLE: Final = 120


@dataclass(frozen=True, slots=True)
class FailingTests:
    """Makes the courses of turns that have a test.

    :param settings: those of a workspace, by its path.
    """

    gatherer: Gatherer
    runner: CommandRunner
    settings: Callable[[str], Settings]

    def __call__(self, wish: TestWish, plan: PlanFor) -> FailingTest:
        """The course for a wish; `plan` makes the turn's plan once there is evidence."""
        return FailingTest(wish, self, plan)


class FailingTest:
    """The course of one turn."""

    def __init__(self, wish: TestWish, tests: FailingTests, plan: PlanFor) -> None:
        self._wish = wish
        self._gatherer = tests.gatherer
        self._runner = tests.runner
        self._plan = plan
        self._key = wish.reported.key
        self._settings = tests.settings(self._key.workspace)
        self._calls_before = 0
        self._made: list[ToolCall] = []
        self._runs = 0
        self.ending: str | None = None
        self.verification = self._seen("not verified", reason="The command was not run.")

    async def begin(self, host: CourseHost, plan: TurnPlan) -> TurnPlan:
        """Run the command; its failure is what the turn is about."""
        refusal = await self._refusal(host)
        if refusal is not None:
            self.verification = self._seen("not verified", reason=refusal)
            return await self._without_test(refusal)
        run = await self._run(host)
        if host.stopping.is_set():
            return await self._without_test("It was cancelled.")
        if run.passed:
            reason = "The command passed before anything was changed."
            self.verification = self._seen("not verified", run, reason)
            return await self._without_test(reason)
        self.verification = self._seen("not verified", run, "It was not run again after a change.")
        text = "\n\n".join(part for part in (self._wish.reported.text, _told(run)) if part)
        evidence = await self._gatherer.gather(replace(self._wish.reported, text=text))
        plan = self._plan(evidence, True)
        self._key = plan.key
        return replace(plan, course=self)

    async def go_on(self, host: CourseHost) -> str | None:
        """Run it again if anything was changed, and say what came of it."""
        for call in self._made:
            host.note(call)
        self._made.clear()
        changed = _changes(list(host.calls.values())[self._calls_before :])
        if not changed:
            reason = "Nothing was changed, so the command was not run again."
            self.verification = replace(self.verification, reason=reason)
            return None
        self._runs += 1
        run = await self._run(host)
        for call in self._made:
            host.note(call)
        self._made.clear()
        self._calls_before = len(host.calls)
        if host.stopping.is_set():
            self.verification = self._seen("not verified", reason="It was cancelled.")
            return None
        if run.passed:
            self.verification = self._seen("verified", run)
            return None
        self.verification = self._seen("still failing", run)
        if self._runs >= self._settings.debug_attempts:
            return None
        evidence = await self._gatherer.gather(Reported(self._key, _told(run), chosen=True))
        return again_prompt(
            evidence, attempt=self._runs + 1, attempts=self._settings.debug_attempts
        )

    async def _refusal(self, host: CourseHost) -> str | None:
        """Why the command may not be run; None if it may."""
        if self._wish.permitted:
            return None
        use = ToolUse(
            f"test_{uuid.uuid4().hex}",
            "Bash",
            {
                "command": self._wish.command,
                "description": "Run the command that shows the failure",
            },
        )
        answer = await host.permit(use)
        if isinstance(answer, Allow):
            return None
        return f"The command was not allowed: {getattr(answer, 'reason', 'no reason was given')}"

    async def _without_test(self, reason: str) -> TurnPlan:
        """Go on with what else is known, or not at all."""
        reported = self._wish.reported
        evidence = await self._gatherer.gather(reported)
        known = bool(reported.text) or reported.state is not None
        ending = None if known else f"There is nothing to debug with. {reason}"
        return replace(self._plan(evidence, False), course=_Over(self.verification, ending))

    async def _run(self, host: CourseHost) -> CommandRun:
        """Run the command as a tool call that all surfaces can see."""
        command = self._wish.command
        title = command.strip().split("\n")[0][:_TITLE]
        call = ToolCall(f"test_{uuid.uuid4().hex}", title, "execute", "in_progress")
        host.publish(ToolCallStarted(call, {"command": command}))
        tail = _Tail(lambda text: host.publish(ToolCallUpdated(call.id, "in_progress", text)))
        run = CommandRun(command, None, "", 0.0)
        async with anyio.create_task_group() as tasks:

            async def stop() -> None:
                await host.stopping.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(stop)
            run = await self._runner.run(
                command,
                self._wish.reported.key.workspace,
                seconds=self._settings.debug_test_seconds,
                on_output=tail.add,
            )
            tasks.cancel_scope.cancel()
        status = "completed" if run.passed else "failed"
        host.publish(ToolCallUpdated(call.id, status, tail.text))
        self._made.append(replace(call, status=status))
        return run

    def _seen(
        self, state: VerificationState, run: CommandRun | None = None, reason: str | None = None
    ) -> Verification:
        failure = None
        if run is not None and not run.passed:
            main = read_symptom(run.output).main
            failure = main.title if main is not None else _last_lines(run.output)
        return Verification(
            state=state,
            command=self._wish.command,
            attempts=self._runs,
            exit_status=None if run is None else run.status,
            failure=failure,
            output=None if run is None or run.passed else run.output[-_SHOWN:],
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class _Over:
    """The course of a turn whose test could not be of use."""

    verification: Verification
    ending: str | None

    async def begin(self, host: CourseHost, plan: TurnPlan) -> TurnPlan:
        """It has begun already."""
        del host
        return plan

    async def go_on(self, host: CourseHost) -> str | None:
        """There is but one prompt."""
        del host


class _Tail:
    """The end of what a command writes, told a few times a second."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told_at = 0.0
        self.text = ""

    def add(self, text: str) -> None:
        self.text = (self.text + text)[-_SHOWN:]
        now = time.monotonic()
        if now - self._told_at >= _REPORT_SECONDS:
            self._told_at = now
            self._tell(self.text)


def _changes(calls: list[ToolCall]) -> bool:
    """Whether Claude has done anything that can have changed a file."""
    return any(
        call.kind in {"edit", "delete", "move", "execute"} and call.status != "failed"
        for call in calls
    )


def _told(run: CommandRun) -> str:
    ended = "ended with status" if run.status is not None else "was ended after"
    value = run.status if run.status is not None else f"{run.seconds:.0f} seconds"
    return f"$ {run.command}\n{run.output.rstrip()}\n(it {ended} {value})"


def _last_lines(output: str) -> str:
    lines = [line for line in output.strip().splitlines() if line.strip()]
    return "\n".join(lines[-3:])[: _TITLE * 2] or "It wrote nothing."
