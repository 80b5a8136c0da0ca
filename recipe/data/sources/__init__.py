"""Sources of data: one module each, named by its catalog row, with one function `read`."""
