"""Tokens and dollars: figures alone; the limits are in `budgets`.

What was spent (`spending`) and how it sums up (`usage`), what tokens cost before Claude Code has told
it (`prices`), and what a review may take (`estimates`).
"""
