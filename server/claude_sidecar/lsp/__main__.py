"""`python -m claude_sidecar.lsp`: the language server over standard input and output, alone."""

from __future__ import annotations

import sys

from claude_sidecar.lsp.main import ServeOptions, serve

if __name__ == "__main__":
    sys.exit(serve(ServeOptions()))
