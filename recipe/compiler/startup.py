"""Starting a framework: its settings before the first import, and its noise kept from the user."""

import contextlib
import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping

from recipe.compiler.hardware import this_machine
from recipe.diagnostics.engines import ProductsSettled
from recipe.diagnostics.machine import BackendMissing, BackendTaken
from recipe.diagnostics.problems import RecipeError
from recipe.program.machines import usable_cores
from recipe.program.per_core import PER_CORE, THREADS, pays
from recipe.program.programs import Program, Runtime
from recipe.program.small_products import are_small

STDERR = 2
# Read by oneDNN inside TensorFlow: with `BF16`, tensors stay float32 and products are computed in bfloat16.
PRODUCTS = "TF_SET_ONEDNN_FPMATH_MODE"
# TensorFlow leaves the kernels of oneDNN alone on processors without AVX512_VNNI, where they gain as much.
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
# Modules that Keras loads where they are installed, and no run needs.
LEFT_OUT = {"pandas"}
FOR_OTHERS = ("matplotlib.pyplot", "sklearn")


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


@contextlib.contextmanager
def absent(module: str) -> Iterator[None]:
    """Let an optional module that nobody has loaded look as if it were not installed.

    Keras loads pandas to know its classes, and TensorFlow JAX to convert its functions: half a second each.
    Without pandas, Keras takes data frames as arrays.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


def own_process() -> None:
    """Say that only recipe uses Keras in this process: what it loads for others is left out, a second each.

    Its `visualization` and its `wrappers` then say that matplotlib and scikit-learn are not installed.
    """
    LEFT_OUT.update(FOR_OTHERS)


@contextlib.contextmanager
def without_tensorflow(backend: str) -> Iterator[None]:
    """Keep Keras on another backend from loading TensorFlow, only to ask whether a value is of its classes.

    That takes seconds and hundreds of megabytes. Afterwards Keras finds it again, for `model.export`.

    Args:
        backend: of the run.
    """
    from keras.src.utils.module_utils import tensorflow

    if backend == "tensorflow" or tensorflow.module is not None:
        yield
        return
    tensorflow._available = False
    try:
        yield
    finally:
        tensorflow._available = None


def start(runtime: Runtime) -> None:
    """Load Keras with the backend of a run; does nothing more when it is loaded already.

    Args:
        runtime: backend, precision and determinism.

    Raises:
        RecipeError: R653 when this process runs Keras on another backend, R654 when it is not installed, R671
            when it computes products in other numbers.
    """
    _load(runtime)
    STARTS[runtime.backend](runtime)


def start_training(program: Program, *, by_cores: bool | None = None) -> None:
    """As `start`, for a run whose operations may keep to a core: small ones, and those of parts side by side.

    How many threads an operation has is settled once for a process. One that others use keeps them all,
    unless its spec asks by name.

    Args:
        program: that is trained.
        by_cores: whether operations of a run that goes on kept to a core; None for a new run.

    Raises:
        RecipeError: as `start`.
    """
    start(program.runtime)
    if by_cores is None:
        by_cores = program.runtime.engine == PER_CORE or _gains_by_cores(program)
    if by_cores:
        _keep_to_cores()


def _gains_by_cores(program: Program) -> bool:
    """Whether a run that nobody else shares this process with is faster when an operation has one thread."""
    if program.runtime.engine != "auto" or not LEFT_OUT.issuperset(FOR_OTHERS):
        return False
    return pays(program, usable_cores()) or (program.runtime.backend == "tensorflow" and are_small(program))


def keeps_to_cores() -> bool:
    """Whether an operation of TensorFlow has one thread, so that others can run beside it."""
    return os.environ.get(THREADS) == "1"


def _keep_to_cores() -> None:
    """Give an operation one thread, where the shell does not say how many, and none has run yet."""
    import tensorflow as tf

    if THREADS in os.environ or this_machine("tensorflow").kind != "cpu":
        return
    with contextlib.suppress(RuntimeError):  # an operation has run
        tf.config.threading.set_intra_op_parallelism_threads(1)
        os.environ[THREADS] = "1"


def _load(runtime: Runtime) -> None:
    backend = runtime.backend
    if "keras" not in sys.modules:
        if "tensorflow" not in sys.modules:
            _settle_products(runtime)
            os.environ.setdefault(ONEDNN, "1")
        os.environ["KERAS_BACKEND"] = backend
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        if importlib.util.find_spec(backend) is None:
            raise RecipeError([BackendMissing(None, backend)])
        with contextlib.ExitStack() as stack:
            stack.enter_context(silenced())
            for module in (*LEFT_OUT, BESIDE[backend]):
                stack.enter_context(absent(module))
            importlib.import_module("keras")
            FIRST_OPERATIONS[backend]()
    import keras

    if keras.backend.backend() != backend:
        raise RecipeError([BackendTaken(None, backend, keras.backend.backend())])
    if backend == "tensorflow" and os.environ.get(PRODUCTS) != _products(runtime):
        raise RecipeError([ProductsSettled(None, runtime.precision)])


def _products(runtime: Runtime) -> str | None:
    """The value of the variable that a precision asks for."""
    return "BF16" if runtime.precision == "bfloat16_products" else None


def _settle_products(runtime: Runtime) -> None:
    """Let the spec say in which numbers products run, and not the shell."""
    os.environ.pop(PRODUCTS, None)
    if value := _products(runtime):
        os.environ[PRODUCTS] = value


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


# The other framework, which is not to be loaded along.
BESIDE: Mapping[str, str] = {"tensorflow": "jax", "jax": "tensorflow"}
FIRST_OPERATIONS: Mapping[str, Callable[[], None]] = {"tensorflow": _list_devices, "jax": _nothing}
STARTS: Mapping[str, Callable[[Runtime], None]] = {"tensorflow": _start_tensorflow, "jax": _start_jax}
