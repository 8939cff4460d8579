"""The settings of a client: what it sent with `initialize`, over it what it has for each folder.

A client that declares `workspace/configuration` is asked, for the whole and for each folder; one
that does not may push. What is wrong is shown once by name, and listed by the `status` command.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from lsprotocol import types

from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.sessions.keys import Workspaces, uri_from_path
from claude_sidecar.settings import SECTION, Problem, Settings, parse

logger = logging.getLogger(__name__)

_OF_THE_CLIENT: Final = frozenset({"client", "server", "trace"})
"""What stands in the section and is none of ours: the editor extension's own."""


class Configuration:
    """The settings in force, and what is wrong with what was written.

    :param override: puts the command line's own over what the client says.
    """

    def __init__(
        self,
        client: Client,
        workspaces: Workspaces,
        options: Any,
        override: Callable[[Settings], Settings],
    ) -> None:
        self._client = client
        self._workspaces = workspaces
        self._override = override
        self._told: set[Problem] = set()
        self._initial, self._initial_problems = parse(_section(options))
        self._problems: tuple[Problem, ...] = self._initial_problems
        self.general: Settings = override(self._initial)
        self.by_workspace: Mapping[str, Settings] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong now."""
        return self._problems

    def of(self, workspace: str) -> Settings:
        """The settings of a workspace, by its canonical path."""
        return self.by_workspace.get(workspace, self.general)

    async def pull(self) -> None:
        """Ask the client; without an answer what was known stays."""
        if self._client.configuration:
            folders = self._workspaces.folders
            items = [
                types.ConfigurationItem(section=SECTION),
                *(types.ConfigurationItem(uri_from_path(each), SECTION) for each in folders),
            ]
            answer = await self._client.ask(
                types.WORKSPACE_CONFIGURATION,
                types.ConfigurationParams(items),
                seconds=QUICK_SECONDS,
            )
            if isinstance(answer, Sequence) and len(cast(Sequence[Any], answer)) == len(items):
                general, *special = cast(Sequence[Any], answer)
                self._use(general, dict(zip(folders, special, strict=True)))
        self._tell_problems()

    def push(self, params: types.DidChangeConfigurationParams) -> None:
        """What `workspace/didChangeConfiguration` carries; nothing, from clients that are asked."""
        if params.settings is not None and not self._client.configuration:
            self._use(params.settings, {})
            self._tell_problems()

    def _use(self, general: Any, by_workspace: Mapping[str, Any]) -> None:
        settings, problems = parse(_section(general), self._initial)
        found = [*self._initial_problems, *problems]
        self.general = self._override(settings)
        special: dict[str, Settings] = {}
        for workspace, raw in by_workspace.items():
            settings, problems = parse(_section(raw), self._initial)
            found.extend(problems)
            special[workspace] = self._override(settings)
        self.by_workspace = special
        self._problems = tuple(dict.fromkeys(found))

    def _tell_problems(self) -> None:
        news = [problem for problem in self._problems if problem not in self._told]
        if news:
            self._told.update(news)
            message = "\n".join(problem.message for problem in news)
            self._client.show_message(types.MessageType.Warning, message)


def _section(raw: Any) -> Any:
    """Our section of what a client sent, whether or not it is wrapped in its name."""
    if not isinstance(raw, Mapping):
        return raw
    given = cast(Mapping[str, Any], raw)
    inner = given.get(SECTION)
    if isinstance(inner, Mapping):
        given = cast(Mapping[str, Any], inner)
    return {
        name: value for name, value in given.items() if name.split(".")[0] not in _OF_THE_CLIENT
    }
