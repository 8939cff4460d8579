"""The tools that Claude is given; how it is told of them is in `prompts`.

Those of the MCP server `sidecar` (`turn_tools`) on files as the editor has them (`buffer_tools`) and on
what the editor knows (`context_tools`), and findings that come by Claude Code's own `/code-review`
(`code_review`).
"""
