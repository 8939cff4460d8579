"""The adapter to Claude: the Claude Agent SDK and the Claude Code CLI in its wheel."""
