"""Against overfitting: which knobs of a spec are not turned yet, and which could be turned further."""

from collections.abc import Callable, Iterator

from recipe.program.programs import BatchStep, Phase, Program, Side
from recipe.program.sections import section

MOST_TOLD = 3
DROPOUTS = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
)


def knobs(program: Program) -> tuple[str, ...]:
    """Sentences, the most promising first: what is off in this spec; where nothing is, what to turn up."""
    off = [sentence for knob in _KNOBS for sentence in knob(program)]
    return tuple(off[:MOST_TOLD]) or (_further(program),)


def _dropout(program: Program) -> Iterator[str]:
    layers = [layer for layer in program.graph.layers if layer.call.name in DROPOUTS]
    inside = any(
        layer.call.get("dropout") or layer.call.get("recurrent_dropout") for layer in program.graph.layers
    )
    rates = [layer.call.get("rate") for layer in layers]
    if not layers and not inside:
        yield "no dropout: put `- Dropout` before `- head`, and write `regularization: {dropout: 0.2}`"
    elif layers and not any(rates):
        yield "every `Dropout` has the rate 0: write `regularization: {dropout: 0.2}`"


def _weight_decay(program: Program) -> Iterator[str]:
    if program.decay is None or not program.decay.value:
        yield "no weight decay: write `regularization: {weight_decay: 1e-2}`" + (
            "" if program.optimizer.name in ("AdamW", "Lion") else ", best with AdamW"
        )


def _augmentation(program: Program) -> Iterator[str]:
    images = (
        [name for name, fact in program.facts.inputs.items() if len(fact.shape) == 3] if program.facts else []
    )
    if images and not any(_varies(step) for step in program.batch):
        yield (
            "the images are the same in every epoch: write `regularization: {augmentation: "
            "[{RandomTranslation: {height_factor: 0.1, width_factor: 0.1}}]}`, or what leaves their meaning"
        )


def _varies(step: BatchStep) -> bool:
    return step.phase is Phase.TRAINING and step.side is Side.INPUT


def _early_stopping(program: Program) -> Iterator[str]:
    if program.early_stopping is None:
        yield (
            "it trains to the end whatever the validation says: write "
            "`regularization: {early_stopping: {patience: 5 epochs}}`"
        )


def _label_smoothing(program: Program) -> Iterator[str]:
    losses = [one.loss for one in program.objectives if one.loss.name.endswith("Crossentropy")]
    written = section(program.spec, "regularization").get("label_smoothing")
    if not written and any(not loss.get("label_smoothing") for loss in losses):
        yield "the targets are sharp: write `regularization: {label_smoothing: 0.1}`"


_KNOBS: tuple[Callable[[Program], Iterator[str]], ...] = (
    _dropout,
    _weight_decay,
    _augmentation,
    _early_stopping,
    _label_smoothing,
)


def _further(program: Program) -> str:
    """What to turn up where everything is on."""
    written = section(program.spec, "regularization")
    rates = [str(layer.call.get("rate")) for layer in program.graph.layers if layer.call.name in DROPOUTS]
    now = [f"`weight_decay` (now {program.decay.value:g})"] if program.decay else []
    now += [f"`dropout` (now {max(rates)})"] if rates and written.get("dropout") is not None else []
    more = f"turn up {' or '.join(now)}, " if now else ""
    return f"everything that this spec could turn on is on: {more}take a smaller network, or find more data"
