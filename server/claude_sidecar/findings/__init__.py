"""Review results, and how they are anchored to the text they are about."""
