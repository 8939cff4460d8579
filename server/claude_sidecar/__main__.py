"""The console script `claude-sidecar`, and `python -m claude_sidecar`.

The command line and the language server do not know each other: this is where `serve` is handed
from one to the other, imported only when it is called for.
"""

from __future__ import annotations

import sys

from claude_sidecar.terminal.program import ServeArguments, run


def _serve(arguments: ServeArguments) -> int:
    from claude_sidecar.lsp.main import ServeOptions, serve

    return serve(
        ServeOptions(
            tcp=arguments.tcp,
            ws=arguments.ws,
            offline=arguments.offline,
            log_level=arguments.log_level,
        )
    )


def main() -> None:
    """Run the command line and end the process with its status."""
    sys.exit(run(sys.argv[1:], serve=_serve))


if __name__ == "__main__":
    main()
