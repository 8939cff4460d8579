"""The adapter to SQLite: sessions, the journal of their turns, and findings."""
