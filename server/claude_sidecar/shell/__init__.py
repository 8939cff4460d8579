"""Runs a command of the developer's, the way their shell would."""
