"""The chat: reads a line, runs a turn, shows it; `/` commands change which conversation it is.

A failed turn or an unknown command does not end it: only `/quit`, the end of input, or Ctrl-C
pressed twice in a turn do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.text import Text

from claude_sidecar.errors import SidecarError, TurnFailure
from claude_sidecar.sessions.model import Key, Session, SessionQuery
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    CompactRequest,
    ContinueRequest,
    RetryRequest,
    TurnRequest,
)
from claude_sidecar.settings import PERMISSION_MODES
from claude_sidecar.terminal.ids import SHORT_ID, full_session_id
from claude_sidecar.terminal.invocation import Invocation, Opened
from claude_sidecar.terminal.keyboard import ReadLine
from claude_sidecar.terminal.outcome import exit_status, spent, tell_ending
from claude_sidecar.terminal.program import FINE, INTERRUPTED, WRONG_USAGE, status_of
from claude_sidecar.terminal.session_tables import print_sessions, print_turn
from claude_sidecar.terminal.words import money, number_of
from claude_sidecar.visible import one_line

PROMPT = "> "
_CONTINUED = "\\"
_RECALLED_TURNS = 3
_RECALLED_LINES = 8


@dataclass(frozen=True, slots=True)
class _Command:
    """A `/` command: what it takes and what it does."""

    argument: str
    description: str
    run: Callable[[str], None]


class Chat:
    """One run of the chat about a file, or the workspace itself.

    :param read_lines: how to read a line, for what each `/` command does.
    """

    def __init__(
        self,
        invocation: Invocation,
        sidecar: Opened,
        key: Key,
        read_lines: Callable[[Mapping[str, str]], ReadLine],
    ) -> None:
        self._invocation = invocation
        self._screen = invocation.screen
        self._sidecar = sidecar
        self._engine = sidecar.engine
        self._key = key
        self._session: Session | None = None
        self._over = False
        self._status = FINE
        self._commands = {
            "/new": _Command("", "begin a new conversation", self._new),
            "/sessions": _Command("", "list the conversations here", self._list),
            "/resume": _Command("ID", "go on with another conversation", self._resume),
            "/continue": _Command("", "go on with an answer that was cut off", self._continue),
            "/retry": _Command("", "have it done again", self._retry),
            "/compact": _Command(
                "[WHAT]", "summarise it to make room; WHAT is to be kept", self._compact
            ),
            "/mode": _Command(
                "MODE", "change how it is asked before something is done", self._mode
            ),
            "/cost": _Command("", "what this conversation cost", self._cost),
            "/help": _Command("", "show this", self._help),
            "/quit": _Command("", "end the chat (or Ctrl-D)", self._quit),
        }
        self._read_line = read_lines(
            {name: command.description for name, command in self._commands.items()}
        )

    def run(self) -> int:
        """Talk until the person ends it.

        :returns: the exit status. Where nobody watches (input from a pipe), that of the last line
            that could not be done, or was not done to its end.
        """
        self._session = self._engine.call(self._engine.sidecar.sessions.current, self._key)
        self._greet()
        while not self._over:
            try:
                line = self._read()
            except EOFError:
                break
            except KeyboardInterrupt:
                self._screen.note("Ctrl-D or /quit ends the chat.")
                continue
            self._take(line)
        return FINE if self._screen.live else self._status

    def _read(self) -> str:
        """A prompt; a line that ends with a backslash is continued on the next."""
        lines = [self._read_line(PROMPT)]
        while lines[-1].endswith(_CONTINUED):
            lines[-1] = lines[-1][: -len(_CONTINUED)]
            lines.append(self._read_line("  "))
        return "\n".join(lines)

    def _take(self, line: str) -> None:
        word, _, argument = line.strip().partition(" ")
        if not word:
            return
        try:
            if not line.startswith("/"):
                self._ask(line.strip())
            elif (command := self._commands.get(word)) is not None:
                command.run(argument.strip())
            else:
                self._refuse(
                    f"{word} is not a command.",
                    "/help lists them; a prompt that begins with / is sent with a blank before it.",
                )
        except SidecarError as error:
            self._screen.fail(str(error), error.hint if isinstance(error, TurnFailure) else None)
            self._status = status_of(error)

    def _refuse(self, text: str, hint: str) -> None:
        self._screen.fail(text, hint)
        self._status = WRONG_USAGE

    def _ask(self, text: str) -> None:
        session_id = None if self._session is None else self._session.id
        self._run(AskRequest(text, key=self._key, session_id=session_id))

    def _run(self, request: TurnRequest) -> None:
        if self._screen.live:
            self._sidecar.display.prompted()
        result = self._sidecar.run(request)
        self._session = self._engine.call(self._engine.sidecar.sessions.get, result.session_id)
        tell_ending(self._screen, result)
        if self._screen.live:
            self._screen.note(spent(result, offline=self._invocation.settings.offline))
        status = exit_status(result)
        if status not in {FINE, INTERRUPTED}:
            self._status = status

    def _greet(self) -> None:
        if not self._screen.live:
            return
        about = self._key.file or "the workspace"
        self._screen.line(Text.assemble(("claude-sidecar", "bold cyan"), f" · {one_line(about)}"))
        if self._session is not None and self._session.turns:
            self._recall(self._session)
        self._screen.note("/help tells what there is; Ctrl-C stops an answer, Ctrl-D ends.")

    def _recall(self, session: Session) -> None:
        _, turns = self._engine.call(self._engine.sidecar.sessions.history, session_id=session.id)
        if len(turns) > _RECALLED_TURNS:
            self._screen.note(f"… {number_of(len(turns) - _RECALLED_TURNS, 'turn')} before these")
        for turn in turns[-_RECALLED_TURNS:]:
            print_turn(self._screen, turn, reply_lines=_RECALLED_LINES)
        self._screen.line()

    def _new(self, argument: str) -> None:
        del argument
        self._session = self._engine.call(self._engine.sidecar.sessions.new, self._key)
        self._screen.note("A new conversation.")

    def _list(self, argument: str) -> None:
        query = SessionQuery(workspace=self._key.workspace, text=argument or None, limit=20)
        page = self._engine.call(self._engine.sidecar.sessions.list, query)
        print_sessions(self._screen, page.sessions, time.time())

    def _resume(self, argument: str) -> None:
        if not argument:
            self._refuse("/resume needs an id.", "/sessions lists them.")
            return
        session_id = full_session_id(self._engine, argument)
        self._session, _ = self._engine.call(self._engine.sidecar.sessions.resume, session_id)
        self._key = self._session.key
        self._screen.note(f"Continuing {one_line(self._session.title)!r}.")
        self._recall(self._session)

    def _continue(self, argument: str) -> None:
        del argument
        self._run(ContinueRequest(self._unfinished()))

    def _retry(self, argument: str) -> None:
        del argument
        self._run(RetryRequest(self._unfinished()))

    def _compact(self, argument: str) -> None:
        session_id = None if self._session is None else self._session.id
        self._run(CompactRequest(self._key, session_id, argument or None))

    def _unfinished(self) -> str:
        sessions = self._engine.sidecar.sessions
        session_id = None if self._session is None else self._session.id
        return self._engine.call(sessions.unfinished, session_id=session_id, key=self._key).id

    def _mode(self, argument: str) -> None:
        if self._session is None:
            self._refuse("There is no conversation yet.", "Ask something first.")
        elif argument not in PERMISSION_MODES:
            self._refuse("/mode needs one of these.", ", ".join(PERMISSION_MODES))
        else:
            mode = argument
            change = self._engine.sidecar.sessions.set_mode
            self._session = self._engine.call(change, self._session.id, mode)
            self._screen.note(f"In the mode {mode} until this chat ends.")

    def _cost(self, argument: str) -> None:
        del argument
        session = self._session
        if session is None:
            self._screen.line("Nothing yet.")
            return
        session = self._engine.call(self._engine.sidecar.sessions.get, session.id)
        self._screen.line(
            f"{money(session.cost_usd)} in {number_of(session.turns, 'turn')} "
            f"(session {session.id[:SHORT_ID]})"
        )

    def _help(self, argument: str) -> None:
        del argument
        width = max(len(f"{name} {each.argument}") for name, each in self._commands.items())
        for name, command in self._commands.items():
            self._screen.line(f"  {f'{name} {command.argument}':{width}} {command.description}")
        self._screen.line(
            "  A line that ends with \\ goes on in the next; Alt-Enter begins one, too."
        )

    def _quit(self, argument: str) -> None:
        del argument
        self._over = True
