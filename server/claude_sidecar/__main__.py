"""The console script `claude-sidecar`, and `python -m claude_sidecar`.

The command line and the language server do not know each other: this is where `serve` is handed
from one to the other, imported only when it is called for. Started as editors start it, the server
does without the command line's parser, whose import an editor would wait for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claude_sidecar.terminal.program import ServeArguments

_AS_EDITORS_DO = (["serve"], ["serve", "--stdio"])


def _serve(arguments: ServeArguments) -> int:
    from claude_sidecar.lsp.main import ServeOptions, serve

    return serve(
        ServeOptions(
            tcp=arguments.tcp,
            ws=arguments.ws,
            token_file=arguments.token_file,
            offline=arguments.offline,
            log_level=arguments.log_level,
        )
    )


def main() -> None:
    """Run the command line and end the process with its status."""
    arguments = sys.argv[1:]
    if arguments in _AS_EDITORS_DO:
        from claude_sidecar.lsp.main import ServeOptions, serve

        sys.exit(serve(ServeOptions()))
    from claude_sidecar.terminal.program import run

    sys.exit(run(arguments, serve=_serve))


if __name__ == "__main__":
    main()
