"""The command line, `claude-sidecar`: a surface beside the language server, on the same sessions.

`program` finds the subcommand and turns what goes wrong into an exit status; `commands/` has one
file for each subcommand; the rest is what they share: the engine that runs the sidecar on a thread
of its own, the terminal as an editor, and how turns and findings look.
"""
