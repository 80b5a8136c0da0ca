"""First specs for `recipe init` of an architecture or a recipe: small, on a set that ships with recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from types import MappingProxyType

from recipe.program.templates import Template, Variable

COMMENTS = 44  # the column where they begin
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundled set as a first spec uses it.

    Args:
        help: what it is.
        split: how it is divided.
    """

    help: str
    split: str


SETS: Mapping[str, Bundled] = MappingProxyType(
    {
        "digits": Bundled(
            "handwritten digits of 8 x 8 pixels", "{validation: 10%, test: 20%, stratified: true}"
        ),
        "series": Bundled("waves of three forms", "{validation: 10%, test: 20%, stratified: true}"),
        "masks": Bundled("images with the class of each pixel", "{validation: 10%, test: 20%}"),
        "tokens": Bundled("windows of a text", "{validation: 10%, test: 10%}"),
        "sentences": Bundled("sentences and their verb", "{validation: 10%, test: 20%, stratified: true}"),
        "reversals": Bundled("texts, to be said from their end", "{validation: 10%, test: 10%}"),
    }
)
SGD, ADAMW = "sgd-momentum-cosine", "adamw-cosine"
SHORT, LONG = "{epochs: 10, batch_size: 32}", "{epochs: 20, batch_size: 32}"
LONGEST = "{epochs: 40, batch_size: 32}"
STEPS = "{steps: 400, batch_size: 32}"
SLOW, QUICK = "SGD: {learning_rate: 0.0125}", "AdamW: {learning_rate: 1e-3}"
PATCHES = {"image_size": "8", "patch_size": "2", "depth": "2", "width": "32"}
GENTLE = {"width": "8", "average": "0.8"}
UNFLIPPED = "[RandomErasing: {factor: 0.1, value_range: [0, 1]}]"
LAYERS = {"depth": "2", "width": "64", "heads": "4", "context": "64"}


@dataclass(frozen=True, slots=True)
class Starter:
    """What a first spec says.

    Args:
        architecture: a template.
        recipe: a template.
        data: a bundled set.
        reads: further lines of `data`, as they are written.
        augmentation: where that of the recipe does not fit the set, as it is written.
        training: how long and in which batches, as it is written.
        variables: of the architecture that are set, as they are written.
        optimizer: where the rate of the recipe is too high or too low for so small a run.
    """

    architecture: str
    recipe: str = ADAMW
    data: str = "digits"
    training: str = SHORT
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    optimizer: str = ""
    reads: tuple[str, ...] = ()
    augmentation: str = ""


ARCHITECTURES = (
    Starter(
        "autoencoder",
        training=LONG,
        variables={"width": "16", "code": "4"},
        reads=("target: {image: same}", "ignore: digit"),
    ),
    Starter("bert", data="sentences", variables=LAYERS),
    Starter("densenet", SGD, variables={"growth": "8"}, optimizer=SLOW),
    Starter("efficientnet-b0", SGD, training=LONG, variables={"width": "0.25"}, optimizer=SLOW),
    Starter("encoder-decoder", data="reversals", variables={**LAYERS, "hidden": "256"}),
    Starter("gpt", data="tokens", variables=LAYERS),
    Starter("gru", data="series", training=LONGEST, variables={"units": "32"}),
    Starter("lenet", training=LONG, variables={"kernel_size": "3", "padding": "same"}),
    Starter("lstm", data="series", training=LONGEST, variables={"units": "32"}),
    Starter("mlp", training=LONG, variables={"hidden": "[64]", "dropout": "0.2"}),
    Starter("mlp-mixer", variables={**PATCHES, "token_units": "32", "channel_units": "128"}, training=LONG),
    Starter(
        "mobilenet-v2", SGD, training=LONG, variables={"width": "0.35", "momentum": "0.9"}, optimizer=SLOW
    ),
    Starter("plain", SGD, variables={"depth": "18", "width": "8"}, optimizer=SLOW),
    Starter("plain-cifar", SGD, variables={"depth": "20", "width": "8"}, optimizer=SLOW),
    Starter("resnet", SGD, variables={"depth": "18", "width": "8"}, optimizer=SLOW),
    Starter("resnet-cifar", SGD, variables={"depth": "20", "width": "8"}, optimizer=SLOW),
    Starter(
        "temporal-convolution",
        data="series",
        training=LONGEST,
        variables={"filters": "16", "kernel_size": "3", "depth": "4"},
    ),
    Starter("unet", data="masks", training=LONG, variables={"width": "8", "dropout": "0"}),
    Starter("vgg", training=LONG, variables={"depth": "11", "width": "16", "units": "64"}),
    Starter("vit", variables={**PATCHES, "heads": "4"}, training=LONG),
    Starter("wide-resnet", SGD, variables={"depth": "10", "widening": "2", "width": "8"}, optimizer=SLOW),
)
RECIPES = (
    Starter("mlp", "adamw-cosine", training=LONG),
    Starter("vit", "fine-tuning", variables={**PATCHES, "heads": "4"}, training=LONG),
    Starter("bert", "bert-pretraining", "sentences", STEPS, LAYERS, optimizer=QUICK),
    Starter("gpt", "gpt-pretraining", "tokens", STEPS, LAYERS, optimizer=QUICK),
    Starter("resnet-cifar", "sgd-momentum-cosine", variables={"width": "8"}, optimizer=SLOW),
    Starter("resnet-cifar", "sgd-momentum-plateau", variables={"width": "8"}, optimizer=SLOW),
    Starter(
        "resnet-cifar", "torchvision", training=LONG, variables=GENTLE, optimizer=SLOW, augmentation=UNFLIPPED
    ),
)
STARTERS: Mapping[str, Starter] = MappingProxyType(
    {starter.architecture: starter for starter in ARCHITECTURES}
    | {starter.recipe: starter for starter in RECIPES}
)


def starter_text(template: Template, architecture: Template) -> str:
    """The first spec of an architecture or a recipe.

    Args:
        template: the one that was asked for.
        architecture: of its starter; its variables and those of the template are set.
    """
    starter = STARTERS[template.name]
    known = {variable.name: variable for variable in (*template.variables, *architecture.variables)}
    settings = [(known[name], value) for name, value in starter.variables.items()]
    parts = (
        _header(template, starter),
        _variables(settings),
        _data(starter),
        _optimizer(starter),
        _regularization(starter),
        _training(starter),
    )
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _header(template: Template, starter: Starter) -> list[str]:
    return [
        f"# A first run of {template.name}, on {SETS[starter.data].help}.",
        "#",
        *wrap(template.help, WIDTH, initial_indent="# template  ", subsequent_indent="#           "),
        f"# run       recipe fit {template.name}.yaml",
        "recipe: 1",
        f"name: {template.name}",
        _commented(
            f"extends: [{starter.architecture}, {starter.recipe}]", "the network, and how it is trained"
        ),
    ]


def _variables(settings: list[tuple[Variable, str]]) -> list[str]:
    lines = [
        _commented(
            f"  {variable.name}: {value}", f"{variable.default} unless set; {variable.help}".rstrip("; ")
        )
        for variable, value in settings
    ]
    return [_commented("vars:", "small, to train in minutes"), *lines] if lines else []


def _data(starter: Starter) -> list[str]:
    split = SETS[starter.data].split
    if starter.reads:  # the classes by which a set is divided are not read
        split = split.replace(", stratified: true", "")
    further = [f"  {line}" for line in starter.reads]
    return ["data:", f"  source: {{bundled: {starter.data}}}", *further, f"  split: {split}"]


def _optimizer(starter: Starter) -> list[str]:
    if not starter.optimizer:
        return []
    return [
        "optimizer:",
        _commented(f"  {starter.optimizer}", "the recipe's own is for large batches and networks"),
    ]


def _regularization(starter: Starter) -> list[str]:
    if not starter.augmentation:
        return []
    return [
        _commented("regularization:", f"the recipe's own augmentation is not for {SETS[starter.data].help}"),
        f"  augmentation: {starter.augmentation}",
    ]


def _training(starter: Starter) -> list[str]:
    return [
        f"training: {starter.training}",
        _commented("runtime: {seed: 1}", "decides the split, the weights and the order"),
    ]


def _commented(line: str, comment: str) -> str:
    """A line with a comment beside it, and below it where it is long."""
    first, *others = wrap(comment, WIDTH - COMMENTS)
    return "\n".join((f"{line:<{COMMENTS - 1}} # {first}", *(f"{'':<{COMMENTS}}# {one}" for one in others)))
