"""The grammar: text to Nodes, each with its place."""
