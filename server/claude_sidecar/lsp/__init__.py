"""The language server: everything that knows LSP."""
