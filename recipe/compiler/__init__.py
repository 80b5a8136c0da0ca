"""A Program into Keras objects: the only floor that calls constructors."""
