"""The argument of each command, as the public protocol has it: one class a command, one file for each
file of `commands`.

What commands give back are the shapes of :mod:`claude_sidecar.sessions.shapes`.
"""
