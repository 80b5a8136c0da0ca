"""The batch program: what happens to stored examples between gathering them and training on them."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.weights import CannotBeAugmented
from recipe.program.balance import class_weight_steps
from recipe.program.facts import IDS, Facts, InputFact, Target
from recipe.program.graphs import Graph
from recipe.program.passes import seeded
from recipe.program.programs import BatchStep, Objective, Phase, Side
from recipe.program.sections import items_of, section
from recipe.program.seeds import derive

# Words that mix the examples of a batch.
MIXING = ("mixup", "cutmix")

# Layers that move pixels, so that the class of each must move with it.
MOVING = frozenset(
    """
    CutMix RandAugment RandomCrop RandomElasticTransform RandomFlip RandomPerspective RandomRotation
    RandomShear RandomTranslation RandomZoom
    """.split()
)

# Layers whose one input is images, (batch, height, width, channels).
OF_IMAGES = MOVING | frozenset(
    """
    AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization Equalization
    MaxNumBoundingBoxes MixUp RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
    RandomErasing RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPosterization
    RandomSaturation RandomSharpness Resizing Solarization
    """.split()
)


def batch_steps(
    spec: Call,
    graph: Graph,
    objectives: tuple[Objective, ...],
    facts: Facts | None,
    seed: int,
    problems: list[Problem],
) -> tuple[BatchStep, ...]:
    """Scaling always; in training augmentation and class weights; one-hot targets where they are wanted.

    Args:
        spec: the checked spec, for the augmentation and the weights of classes.
        graph: the network, for the names of its inputs.
        objectives: which targets must be one-hot.
        facts: None while the data is not read.
        seed: the root seed.
        problems: where problems go.
    """
    regularization = section(spec, "regularization")
    scaling = _scaling(facts) if facts else ()
    one_hot = _one_hot(facts.targets, objectives) if facts else ()
    mixing = _mixing(regularization, facts, seed, problems) if facts else ()
    weighing = class_weight_steps(section(spec, "training"), facts, problems) if facts else ()
    augmentation = _augmentation(regularization, graph, facts, seed)
    if facts:
        _check_augmentation(regularization, facts, problems)
    return (*scaling, *augmentation, *weighing, *one_hot, *mixing)


def _scaling(facts: Facts) -> Iterator[BatchStep]:
    for name, fact in facts.inputs.items():
        if fact.dtype == "uint8":
            scale = Call("Rescaling", "keras.layers.Rescaling", origin=Origin(None, "images lie in [0, 1]"))
            scale = scale.with_argument("scale", fact.scale, Origin(None, "facts of the data"))
            yield BatchStep(f"{name}.rescaling", scale, Side.INPUT, Phase.ALWAYS, name)
            again = (one.name for one in facts.targets if one.again and _is_in(one.name, name, facts))
            for target in again:
                yield BatchStep(f"{target}.again", scale, Side.TARGET, Phase.ALWAYS, target)


def _is_in(feature: str, name: str, facts: Facts) -> bool:
    return any(column.name == feature for column in facts.columns_of(name))


def _augmentation(regularization: Call, graph: Graph, facts: Facts | None, seed: int) -> Iterator[BatchStep]:
    inputs = _images(facts) if facts else graph.inputs[:1]
    for index, call in enumerate(items_of(regularization.get("augmentation"))):
        for position, of in enumerate(inputs):
            name = f"augmentation.{index}" + (f".{of}" if position else "")
            filled = seeded(name, _in_unit_range(call), seed, "augmentation")
            mask = _mask(of, facts) if facts and call.name in MOVING else ""
            yield BatchStep(name, filled, Side.INPUT, Phase.TRAINING, of, mask)


def _check_augmentation(regularization: Call, facts: Facts, problems: list[Problem]) -> None:
    """Layers of images change images: the first input that is none is told of each."""
    other = next((name for name in _images(facts) if not _is_image(facts.inputs[name])), None)
    if other is None:
        return
    found = f"examples of shape {facts.inputs[other].shape}"
    for call in items_of(regularization.get("augmentation")):
        if call.name in OF_IMAGES:
            problems.append(CannotBeAugmented(call.origin.span, f"augmentation.{call.name}", other, found))


def _mask(image: str, facts: Facts) -> str:
    """The target that has a class for each pixel of an image; empty when there is none."""
    height_and_width = facts.inputs[image].shape[:-1]
    classes = (one for one in facts.targets if one.is_mask or (one.kind == "category" and one.is_array))
    return next((one.name for one in classes if one.shape[:2] == height_and_width), "")


def _images(facts: Facts) -> tuple[str, ...]:
    """The inputs that are images; all of them where none is."""
    images = tuple(
        name for name in facts.inputs if any(one.kind == "image" for one in facts.columns_of(name))
    )
    return images or tuple(facts.inputs)


def _one_hot(targets: tuple[Target, ...], objectives: tuple[Objective, ...]) -> Iterator[BatchStep]:
    wanted = {objective.target for objective in objectives if objective.one_hot}
    for target in targets:
        if target.name in wanted or (wanted and len(targets) == 1):
            origin = Origin(None, "one-hot targets")
            dense = Call("CategoryEncoding", "keras.layers.CategoryEncoding", origin=origin)
            dense = dense.with_argument("num_tokens", len(target.classes), Origin(None, "facts of the data"))
            dense = dense.with_argument("output_mode", "one_hot", origin)
            name = "one_hot" if len(targets) == 1 else f"{target.name}.one_hot"
            yield BatchStep(name, dense, Side.TARGET, Phase.ALWAYS, target.name)


def _mixing(regularization: Call, facts: Facts, seed: int, problems: list[Problem]) -> Iterator[BatchStep]:
    """The last step: examples are mixed as the network would see them."""
    words = {word: regularization.get(word) for word in MIXING}
    if not any(words.values()):
        return
    origin = Origin(None, "regularization")
    for name, fact in facts.inputs.items():
        span_of = regularization.span_of
        if words["mixup"] and fact.dtype == IDS:
            problems.append(CannotBeAugmented(span_of("mixup"), "mixup", name, "integer ids"))
        if words["cutmix"] and not _is_image(fact):
            found = f"examples of shape {fact.shape}"
            problems.append(CannotBeAugmented(span_of("cutmix"), "cutmix", name, found))
    first = next(iter(facts.inputs.values())).shape
    masks = tuple(one.name for one in facts.targets if one.is_array and one.shape[:2] == first[:2])
    call = Call("Mixing", "recipe.components.mixing.Mixing", origin=origin)
    for word, value in words.items():
        call = call.with_argument(word, value or None, Origin(regularization.span_of(word)))
    call = call.with_argument("masks", masks if words["cutmix"] else (), Origin(None, "facts of the data"))
    drawn = Origin(None, "derived from runtime.seed")
    call = call.with_argument("seed", derive(seed, "augmentation", "mixing"), drawn)
    yield BatchStep("mixing", call, Side.BATCH, Phase.TRAINING)


def _is_image(fact: InputFact) -> bool:
    return len(fact.shape) == 3 and fact.dtype != IDS


def mixes(regularization: Call) -> bool:
    """Whether examples of a batch are mixed."""
    return any(regularization.get(word) for word in MIXING)


def _in_unit_range(call: Call) -> Call:
    """An image layer told that images lie in [0, 1], where it asks."""
    row = lookup.find("layer", call.name)
    if row is None or row.parameter("value_range") is None or "value_range" in call:
        return call
    return call.with_argument("value_range", (0.0, 1.0), Origin(None, "images lie in [0, 1]"))
