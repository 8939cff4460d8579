"""Git, as the domain wants it: what has changed, and what stood there before."""
