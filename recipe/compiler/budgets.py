"""What a run costs before it begins: operations and memory, from shapes alone."""

from dataclasses import dataclass

from recipe.compiler.flops import TRAINING_FACTOR
from recipe.compiler.memory import Memory, memory
from recipe.compiler.networks import Network
from recipe.program.programs import Program


@dataclass(frozen=True, slots=True)
class Budget:
    """The cost of a run, as `recipe.compiler.flops` and `recipe.compiler.memory` count.

    Args:
        forward_flops: operations of one pass forward for one example; layers in `uncounted` are left out.
        step_flops: of one update on a whole batch, forward and back.
        run_flops: of all updates; validation and what callbacks do are left out.
        examples: trained on in all updates, those of later epochs counted again.
        devices: that share each batch.
        memory: of each device.
        uncounted: names of layers whose cost is not known.
    """

    forward_flops: int
    step_flops: int
    run_flops: int
    examples: int
    devices: int
    memory: Memory
    uncounted: tuple[str, ...]


def budget(program: Program, network: Network, devices: int = 1) -> Budget:
    """The cost of a run.

    Args:
        program: with facts.
        network: its network; the weights need no values.
        devices: that share each batch.
    """
    forward = forward_flops(network)
    examples = _examples(program)
    return Budget(
        forward_flops=forward,
        step_flops=TRAINING_FACTOR * forward * int(str(program.training.batch_size)),
        run_flops=TRAINING_FACTOR * forward * examples,
        examples=examples,
        devices=devices,
        memory=memory(program, network, devices),
        uncounted=tuple(row.name for row in network.table if row.flops is None),
    )


def forward_flops(network: Network) -> int:
    """Operations of one pass forward for one example, over the layers whose cost is known."""
    return sum(row.flops or 0 for row in network.table)


def _examples(program: Program) -> int:
    """The last batch of an epoch may be smaller, and the last epoch may be cut."""
    training = program.training
    steps, per_epoch, batch = (
        int(str(number)) for number in (training.total_steps, training.steps_per_epoch, training.batch_size)
    )
    size = program.facts.examples["train"] if program.facts else 0
    whole, rest = divmod(steps, per_epoch)
    return whole * size + min(rest * batch, size)
