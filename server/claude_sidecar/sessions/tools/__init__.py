"""The tools that Claude is given: those of the MCP server `sidecar` (`turn_tools`) on files as the
editor has them (`buffer_tools`) and on what the editor knows (`context_tools`), and findings that come
by Claude Code's own `/code-review` (`code_review`). How Claude is told of them is in `prompts`.
"""
