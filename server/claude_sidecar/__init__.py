"""Code review and debugging sessions with Claude that stay with your code, in any LSP editor."""

__version__ = "0.1.0"
