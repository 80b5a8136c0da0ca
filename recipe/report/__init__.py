"""The memory: curves, tables and summaries from the files of a run folder."""
