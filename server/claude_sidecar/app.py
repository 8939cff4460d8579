"""Wiring: the one place that names concrete adapters.

`open_sidecar` gives a `Sidecar`: sessions over a SQLite store, with Claude (or the offline
backend) behind them. The Claude Agent SDK takes half a second to import, so it is imported in a
thread when it is first needed, or ahead of that by `Sidecar.warm_up`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from claude_sidecar.agent.late import late_agent
from claude_sidecar.agent.local_sessions import LocalSessions
from claude_sidecar.git.lines import GitLineHistory
from claude_sidecar.git.repository import GitVersionControl
from claude_sidecar.ondemand import OnDemand
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.documents.disk import DiskEditor
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.ports import Editor
from claude_sidecar.sessions.prompts.tools import TOOL_SPECS
from claude_sidecar.sessions.tools.context_tools import CONTEXT_SPECS, offered
from claude_sidecar.sessions.wiring import Outside, open_domain
from claude_sidecar.settings import Settings
from claude_sidecar.shell.runner import ShellRunner
from claude_sidecar.sidecar import SettingsInForce, Sidecar
from claude_sidecar.store.location import store_path
from claude_sidecar.store.sqlite import open_store


@asynccontextmanager
async def open_sidecar(
    settings: Settings | None = None,
    *,
    editor: Editor | None = None,
    workspaces: Workspaces | None = None,
) -> AsyncGenerator[Sidecar]:
    """Open a sidecar; on leaving, turns are cut off and every process of Claude Code is ended.

    :param settings: the defaults if not given.
    :param editor: where the user works; if not given, files are read from the disk, and what needs
        permission is refused.
    :param workspaces: the folders that are open; a file outside all of them has the folder it is in.
    :raises StoreTooNew: if a newer version has written the store.
    :raises InvalidRequest: if `store.url` is none.
    """
    failure: Exception | None = None
    async with AsyncExitStack() as stack:
        sidecar = await _opened(
            stack, settings or Settings(), editor or DiskEditor(), workspaces or Workspaces()
        )
        try:
            yield sidecar
        except Exception as error:  # noqa: BLE001 - it is raised again, not in a group of one
            failure = error
    if failure is not None:
        raise failure


async def _opened(
    stack: AsyncExitStack, settings: Settings, editor: Editor, workspaces: Workspaces
) -> Sidecar:
    """A sidecar whose parts are closed with the stack, the last opened first."""
    in_force = SettingsInForce(settings)
    store = await stack.enter_async_context(open_store(store_path(settings.store_url)))
    backend = await stack.enter_async_context(OnDemand(_offline_backend))
    agent = await stack.enter_async_context(
        late_agent(
            (*TOOL_SPECS, *CONTEXT_SPECS),
            store,
            live_max=settings.live_max,
            idle_seconds=settings.live_idle_seconds,
        )
    )
    setup = AgentSetup(
        in_force.of,
        environment=lambda each: (backend.opened or {}) if each.offline else {},
        folders=lambda: workspaces.folders,
        tools=(*(each.name for each in TOOL_SPECS), *offered(editor.context_kinds)),
    )
    outside = Outside(
        store=store,
        agent=agent,
        editor=editor,
        claude_sessions=LocalSessions(agent.on_demand, store),
        versions=GitVersionControl(),
        line_history=GitLineHistory(),
        commands=ShellRunner(),
        setup=setup,
        workspaces=workspaces,
    )
    sidecar = Sidecar(
        await stack.enter_async_context(open_domain(outside)),
        store=store,
        agent=agent,
        backend=backend,
        workspaces=workspaces,
        settings=in_force,
    )
    await sidecar.configure(settings)
    return sidecar


async def _offline_backend() -> AbstractAsyncContextManager[Mapping[str, str]]:
    """The offline backend; its web server is imported only where it is wanted."""
    from claude_sidecar.offline.backend import offline_backend

    return offline_backend()
