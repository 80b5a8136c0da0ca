"""How steps are executed: one engine per backend."""
