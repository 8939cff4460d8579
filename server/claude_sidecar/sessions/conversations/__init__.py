"""Sessions beyond a single turn.

How one begins (`opening`, `spares`, `agent_setup`) and what it is called (`titles`), who writes in it
(`leases`), how it parts (`forking`), is gone on with in Claude Code itself (`elsewhere`), or in a new
session where Claude has lost it (`recovery`).
"""
