"""The action: the one training loop, placements, run folders."""
