"""Starting a framework: its settings before the first import, and its noise kept from the user."""

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Iterator

from recipe.program.programs import Runtime

STDERR = 2


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Send file descriptor 2 to the null device; what C++ writes there passes by Python's `sys.stderr`."""
    sys.stderr.flush()
    kept = os.dup(STDERR)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, STDERR)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, STDERR)
        os.close(null)
        os.close(kept)


def start(runtime: Runtime) -> None:
    """Load Keras with the backend of a run; does nothing more when it is loaded already.

    Args:
        runtime: backend and determinism.
    """
    os.environ.setdefault("KERAS_BACKEND", runtime.backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    if "keras" not in sys.modules:
        with silenced():
            importlib.import_module("keras")
            _first_operation()
    if runtime.deterministic:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def _first_operation() -> None:
    """TensorFlow announces its devices at the first operation, not at import."""
    import tensorflow as tf

    tf.config.list_physical_devices()
