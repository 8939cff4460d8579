"""VS Code itself, in Chromium, and what a user sees and does there."""
