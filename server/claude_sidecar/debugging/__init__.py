"""From the symptoms of a bug to context that a model can act on."""
