"""A Program printed as one Keras script."""
