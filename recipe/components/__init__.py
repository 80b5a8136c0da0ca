"""Every class of ours that subclasses Keras, one file each."""
