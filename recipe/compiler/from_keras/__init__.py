"""The reverse of compiling: a plain Keras model as a readable spec."""
