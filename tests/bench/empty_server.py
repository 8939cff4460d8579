"""A language server that does nothing, as pygls' own documentation begins one: a program.

With `quiet`, the garbage collector rests while it imports.
"""

from __future__ import annotations

import gc
import sys

if "quiet" in sys.argv:
    gc.disable()

from pygls.lsp.server import LanguageServer

server = LanguageServer("empty", "1")

if "quiet" in sys.argv:
    gc.freeze()
    gc.enable()

if __name__ == "__main__":
    server.start_io()
