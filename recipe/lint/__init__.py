"""Rules over a Program: what is admitted and probably not meant."""
