"""Starting a framework: its settings before the first import, and its noise kept from the user."""

import contextlib
import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping

from recipe.diagnostics.machine import BackendMissing, BackendTaken
from recipe.diagnostics.problems import RecipeError
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

    Raises:
        RecipeError: R653 when this process runs Keras on another backend, R654 when it is not installed.
    """
    _load(runtime.backend)
    STARTS[runtime.backend](runtime)


def _load(backend: str) -> None:
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = backend
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        if importlib.util.find_spec(backend) is None:
            raise RecipeError([BackendMissing(None, backend)])
        with silenced():
            importlib.import_module("keras")
            FIRST_OPERATIONS[backend]()
    import keras

    if keras.backend.backend() != backend:
        raise RecipeError([BackendTaken(None, backend, keras.backend.backend())])


def _list_devices() -> None:
    """TensorFlow announces its devices at the first operation, not at import."""
    import tensorflow as tf

    tf.config.list_physical_devices()


def _nothing() -> None:
    """JAX is silent."""


def _start_tensorflow(runtime: Runtime) -> None:
    if runtime.deterministic:
        import tensorflow as tf

        # Then random operations need a seed, such as the shuffle of a plain `model.fit`.
        tf.config.experimental.enable_op_determinism()
        tf.random.set_seed(runtime.seed)


def _start_jax(runtime: Runtime) -> None:
    """XLA's results repeat on one machine; nothing needs to be asked for."""


FIRST_OPERATIONS: Mapping[str, Callable[[], None]] = {"tensorflow": _list_devices, "jax": _nothing}
STARTS: Mapping[str, Callable[[Runtime], None]] = {"tensorflow": _start_tensorflow, "jax": _start_jax}
