"""Code actions: what can be done about a place in a file, in any editor that has a light bulb."""
