"""The vocabulary: what may be written, checked into Calls."""
