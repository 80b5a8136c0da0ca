"""What this machine computes on, as the backend of a run sees it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from recipe.diagnostics.engines import HalfConverted, ProductsUnchanged
from recipe.diagnostics.problems import Problem
from recipe.program.machines import Machine, lacks_instructions
from recipe.program.programs import Runtime


def this_machine(backend: str) -> Machine:
    """The devices and instructions of this machine; Keras runs on the backend already."""
    return _MACHINES[backend]()


def unfit_precision(runtime: Runtime) -> Iterator[Problem]:
    """A warning where this processor cannot compute in the numbers that a run asks for."""
    if lacks_instructions(this_machine(runtime.backend), runtime.precision):
        products = runtime.precision == "bfloat16_products"
        yield ProductsUnchanged(None) if products else HalfConverted(None, runtime.precision)


def _on_tensorflow() -> Machine:
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(device) for device in devices]
    found = [one.get("compute_capability", (0, 0)) for one in details]
    return _gpu([float(f"{major}.{minor}") for major, minor in found]) if found else _processor()


def _on_jax() -> Machine:
    import jax

    kind = jax.default_backend()
    if kind == "gpu":
        found = [getattr(device, "compute_capability", None) or "0" for device in jax.devices()]
        return _gpu([float(one) for one in found])
    return Machine("tpu") if kind == "tpu" else _processor()


def _gpu(capabilities: list[float]) -> Machine:
    return Machine("gpu", min(capabilities))


def _processor() -> Machine:
    """A processor by the instructions that Linux lists; elsewhere none is known."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return Machine("cpu")
    flags = next((line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))), "")
    return Machine("cpu", instructions=frozenset(flags.split()))


_MACHINES: Mapping[str, Callable[[], Machine]] = {"tensorflow": _on_tensorflow, "jax": _on_jax}
