"""Packing: a source is decoded once into files that are mapped into memory, shared by all runs."""
