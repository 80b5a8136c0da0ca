"""Faster kernels in place of what some layers of Keras compute, while a step is traced."""
