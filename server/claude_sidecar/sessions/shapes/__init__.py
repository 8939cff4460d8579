"""The domain's records in the shapes of the public protocol, for the language server and the command
line alike: sessions, turns and findings (`records`), costs (`usage`), and whole sessions (`export`).
"""
