"""A Messages API on loopback, answered by rules or by a script instead of a model."""
