"""The meaning: Calls to a Program, every value with its origin."""
