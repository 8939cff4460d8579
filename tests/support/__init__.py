"""What tests share: the scripted model, and environments built from nothing."""
