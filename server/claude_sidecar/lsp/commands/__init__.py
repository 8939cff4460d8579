"""The commands, one thin handler each: convert in, one call, convert out."""
