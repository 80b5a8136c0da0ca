"""Spans, problems and their codes, suggestions, rendering."""
