"""Keras's optimizers with updates that differ by weight, and with what is done to gradients beside clipping.

In this order: a gradient is centralized (Yong et al., arXiv 2004.01461), clipped (Keras's own ways, or
adaptively: Brock et al., arXiv 2102.06171), gets noise (Neelakantan et al., arXiv 1511.06807), gets the
coupled weight decay, and then moves its weight by the rule of the optimizer, at its own learning rate.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import keras
from keras import ops
from keras.src.backend import random_seed_dtype

from recipe.components.scheduled_optimizers import SCHEDULED

# Brock et al., section 4.1: weights that begin at zero could never move without it.
LEAST_WEIGHT = 1e-3
# Muon decays the weights that Adam trains by a number of their own.
_DECAYS = ("weight_decay", "adam_weight_decay")


@dataclass(frozen=True, slots=True)
class Tuning:
    """How an optimizer differs from Keras's.

    Args:
        rates: factors of the learning rate by path of the weight; 1 where it is not named.
        decays: weight decays by path of the weight, in place of the optimizer's.
        coupled: whether the decay is added to the gradient, as in SGD with L2 regularization, and not
            subtracted from the weight beside the update.
        adaptive_clip: largest norm of the gradient of a unit, as a share of that of its weights; 0 is none.
        unclipped_layers: names of layers that `adaptive_clip` leaves alone: the last, as in the paper.
        noise: variance of the noise on the gradient at the first step; 0 is none.
        noise_decay: the variance falls as `noise / (1 + step) ** noise_decay`.
        noise_seed: of the noise, which is a function of it, the weight's path and the step.
        centralized: whether the mean over the inputs of each unit is taken from the gradient.
        average_every: steps between two updates of the averaged weights.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    decays: Mapping[str, float] = field(default_factory=dict)
    coupled: bool = False
    adaptive_clip: float = 0.0
    unclipped_layers: Sequence[str] = ()
    noise: float = 0.0
    noise_decay: float = 0.55
    noise_seed: int = 0
    centralized: bool = False
    average_every: int = 1


class StepSeed(keras.random.SeedGenerator):
    """A seed that is a function of a number and of the step, and so needs no state of its own.

    Args:
        seed: the number, below 2**31.
        step: a scalar.
    """

    def __init__(self, seed: int, step: Any):  # without the variable of the base
        self.seed = seed
        self.step = step

    def next(self, ordered: bool = True) -> Any:
        """The seed, `(2,)`."""
        dtype = random_seed_dtype()
        return ops.stack([ops.cast(self.seed, dtype), ops.cast(self.step, dtype)])


class Tuned:
    """Mixed into a scheduled optimizer: what `Tuning` says is done to gradients and updates.

    Args:
        args: those of the optimizer.
        tuning: how it differs, or its saved form.
        kwargs: those of the optimizer.
    """

    iterations: Any
    learning_rate: Any
    _trainable_variables: list[Any]

    def __init__(self, *args: Any, tuning: Tuning | Mapping[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not isinstance(tuning, Tuning):  # JSON has no tuples
            tuning = Tuning(**{**tuning, "unclipped_layers": tuple(tuning["unclipped_layers"])})
        self.tuning = tuning

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {**super().get_config(), "tuning": asdict(self.tuning)}  # type: ignore[misc]

    def _backend_apply_gradients(self, grads: Sequence[Any], trainable_variables: Sequence[Any]) -> None:
        tuning = self.tuning
        if tuning.centralized:
            grads = [centralized(one) for one in grads]
        if tuning.adaptive_clip:
            grads = [
                one
                if weight.path.split("/")[0] in tuning.unclipped_layers
                else adaptively_clipped(one, weight, tuning.adaptive_clip)
                for one, weight in zip(grads, trainable_variables, strict=True)
            ]
        super()._backend_apply_gradients(grads, trainable_variables)  # type: ignore[misc]

    def _backend_update_step(
        self, grads: Sequence[Any], trainable_variables: Sequence[Any], learning_rate: Any
    ) -> None:
        pairs = list(zip(grads, trainable_variables, strict=True))
        if self.tuning.noise:
            pairs = [(one + self._noise(weight), weight) for one, weight in pairs]
        if self.tuning.coupled:
            pairs = [(self._with_decay(one, weight), weight) for one, weight in pairs]
        super()._backend_update_step([one for one, _ in pairs], trainable_variables, learning_rate)  # type: ignore[misc]

    def _noise(self, weight: Any) -> Any:
        step = ops.cast(self.iterations, "float32")
        variance = self.tuning.noise / ops.power(1.0 + step, self.tuning.noise_decay)
        seed = (self.tuning.noise_seed + zlib.crc32(weight.path.encode())) % 2**31
        drawn = keras.random.normal(weight.shape, dtype=weight.dtype, seed=StepSeed(seed, self.iterations))
        return drawn * ops.cast(ops.sqrt(variance), weight.dtype)

    def _with_decay(self, gradient: Any, weight: Any) -> Any:
        decay = self._decay_of(weight, "weight_decay")
        if decay is None or not self._use_weight_decay(weight):  # type: ignore[attr-defined]
            return gradient
        return gradient + ops.cast(decay, weight.dtype) * ops.convert_to_tensor(weight)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one weight, at its own learning rate."""
        index = self._get_variable_index(variable)  # type: ignore[attr-defined]
        factor = self.tuning.rates.get(self._trainable_variables[index].path, 1.0)
        if factor != 1.0:
            learning_rate = ops.cast(learning_rate, "float32") * factor
        super().update_step(gradient, variable, learning_rate)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        """Keras's own decay, once for all weights that decay alike."""
        if self.tuning.coupled:
            return
        alike: dict[tuple[float | None, float], list[Any]] = {}
        for one in variables:
            key = (self.tuning.decays.get(one.path), self.tuning.rates.get(one.path, 1.0))
            alike.setdefault(key, []).append(one)
        for (_, rate), members in alike.items():
            with self._decaying(members[0], rate):
                super()._apply_weight_decay(members)  # type: ignore[misc]

    @contextmanager
    def _decaying(self, weight: Any, rate: float) -> Iterator[None]:
        """Let the optimizer decay as one of its weights does: by decay times learning rate."""
        own = {name: getattr(self, name) for name in _DECAYS if hasattr(self, name)}
        for name in own:
            decay = self._decay_of(weight, name)
            setattr(self, name, None if decay is None else decay * rate)
        try:
            yield
        finally:
            for name, value in own.items():
                setattr(self, name, value)

    def _decay_of(self, weight: Any, name: str) -> Any:
        """The decay of a weight, which follows the schedule of the optimizer's where there is one."""
        usual, own = getattr(self, name), self.tuning.decays.get(weight.path)
        if own is None:
            return usual
        peak = getattr(usual, "written", None)  # of a setting that follows a schedule
        return own if peak is None else usual * (own / peak)

    def _update_model_variables_moving_average(self, trainable_variables: Sequence[Any]) -> None:
        """Keras's own average in every so many steps, the first among them; in between it stays."""
        every = self.tuning.average_every
        if every == 1:
            super()._update_model_variables_moving_average(trainable_variables)  # type: ignore[misc]
            return
        momentum = self.ema_momentum  # type: ignore[has-type]
        due = ops.equal((self.iterations + 1) % every, 0)
        self.ema_momentum = ops.where(due, momentum, 1.0)
        try:
            super()._update_model_variables_moving_average(trainable_variables)  # type: ignore[misc]
        finally:
            self.ema_momentum = momentum


def centralized(gradient: Any) -> Any:
    """A gradient without its mean over the inputs of each unit (arXiv 2004.01461, equation 1).

    Args:
        gradient: `(..., units)`; of one axis or none it stays as it is.
    """
    if len(gradient.shape) < 2:
        return gradient
    dense = ops.convert_to_tensor(gradient)
    return dense - ops.mean(dense, axis=tuple(range(len(dense.shape) - 1)), keepdims=True)


def adaptively_clipped(gradient: Any, weight: Any, share: float) -> Any:
    """A gradient whose norm, unit by unit, is at most a share of that of its weights.

    Brock et al., arXiv 2102.06171, equation 3.

    Args:
        gradient: `(..., units)`; with one axis or none it is one unit.
        weight: likewise.
        share: lambda of the paper.
    """
    dense = ops.convert_to_tensor(gradient)
    axes = tuple(range(max(1, len(dense.shape) - 1))) if len(dense.shape) else None
    most = share * ops.maximum(_norm(ops.convert_to_tensor(weight), axes), LEAST_WEIGHT)
    length = _norm(dense, axes)
    # A gradient of zero stays zero; its norm must not divide.
    return dense * ops.where(length > most, most / ops.maximum(length, 1e-12), 1.0)


def _norm(values: Any, axes: tuple[int, ...] | None) -> Any:
    return ops.sqrt(ops.sum(ops.square(values), axis=axes, keepdims=axes is not None))


def _tuned(kind: type, scheduled: type) -> type:
    name = f"Tuned{kind.__name__}"
    about = {
        "__module__": __name__,
        "__doc__": f"Keras's `{kind.__name__}` with updates that differ by weight.",
    }
    return keras.saving.register_keras_serializable("recipe")(type(name, (Tuned, scheduled), about))  # type: ignore[no-any-return]


# By the optimizer of Keras. All are made at once, so that a saved one is found in any process.
TUNED: Mapping[type, type] = {kind: _tuned(kind, scheduled) for kind, scheduled in SCHEDULED.items()}


def tuned(optimizer: Any, tuning: Tuning, schedules: Mapping[str, Any]) -> Any:
    """An optimizer of Keras, not yet built, that is tuned.

    Args:
        optimizer: plain.
        tuning: how it differs.
        schedules: of its settings, by their name.
    """
    return TUNED[type(optimizer)](**optimizer.get_config(), schedules=schedules, tuning=tuning)
