"""The domain: keys, sessions, turns, their events, and the service that runs them."""
