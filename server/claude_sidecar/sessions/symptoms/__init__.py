"""From a symptom to what a turn is given: the failure, the code around it, how it came to be."""
