"""Our own words that stand where layers stand, a row each."""

from collections.abc import Mapping
from types import MappingProxyType

from recipe.catalog.constraints import Fields, Layers, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Anything, Flag, Fraction, Integer, PresetText, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row
from recipe.catalog.sections import OUTPUT_NAME

MAX_LAYERS = 10_000

# What a word may be fed by name; of the rest the generated file knows it.
FED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"Backbone": ("token_ids", "padding_mask", "segment_ids", "images")}
)

PROJECTION = Row(
    "projection",
    "section",
    "recipe:projection",
    (Parameter("project", Layers(), REQUIRED, "the layers of the shortcut where the shapes differ"),),
    "a shortcut of its own layers where the shapes differ",
)

LAYERS = (
    Row(
        "head",
        "layer_word",
        "recipe:head",
        (
            Parameter(
                "target",
                OneOf((NULL, Text("the name of a target"))),
                None,
                "which target, when there are several",
            ),
            Parameter(
                "tied_to",
                OneOf((NULL, OUTPUT_NAME)),
                None,
                "a ReversibleEmbedding whose matrix gives the logits",
            ),
        ),
        "the output layer that the target asks for",
    ),
    Row(
        "residual",
        "layer_word",
        "recipe:residual",
        (
            Parameter("body", Layers(), REQUIRED, "F of x + F(x)"),
            Parameter(
                "shortcut",
                OneOf(
                    (
                        Words(("identity", "project")),
                        Fields(PROJECTION),
                        Layers(),
                    )
                ),
                "identity",
                "what is added to the body; `project` is a 1x1 convolution where the shapes differ",
            ),
            Parameter(
                "merge",
                ObjectOf(("layer",)),
                "Add",
                "the layer that joins shortcut and body",
            ),
            Parameter("drop_path", Fraction(), 0.0, "rate at which examples skip the body in training"),
        ),
        "x + F(x)",
        "arXiv 1512.03385 (He et al.), equation 1",
    ),
    Row(
        "repeat",
        "layer_word",
        "recipe:repeat",
        (
            Parameter("times", Integer(0, MAX_LAYERS), UNSET, "how many turns"),
            Parameter(
                "each",
                MappingOf(ListOf(Anything()), "variable"),
                UNSET,
                "lists of equal length; a turn for each item, bound to the variable",
            ),
            Parameter("index", Text("a name"), "index", "variable that counts the turns from 0"),
            Parameter("layers", Layers(), REQUIRED, "the layers of a turn"),
        ),
        "the same layers several times, one turn after the other",
    ),
    Row(
        "parallel",
        "layer_word",
        "recipe:parallel",
        (
            Parameter("branches", ListOf(Layers()), REQUIRED, "lists of layers, all fed with the same input"),
            Parameter(
                "merge",
                ObjectOf(("layer",)),
                "Concatenate",
                "the layer that joins the branches",
            ),
        ),
        "branches side by side",
        "arXiv 1409.4842 (Szegedy et al.), figure 2",
    ),
    Row(
        "reuse",
        "layer_word",
        "recipe:reuse",
        (Parameter("name", OUTPUT_NAME, REQUIRED, "the layer or block, as it was named with `as`"),),
        "an earlier layer or block once more, with the same weights",
    ),
    Row(
        "op",
        "layer_word",
        "recipe:op",
        (Parameter("function", ObjectOf(("op",)), REQUIRED, "a function of `keras.ops`"),),
        "a pure function without weights",
    ),
    Row(
        "Backbone",
        "layer_word",
        "recipe:Backbone",
        (
            Parameter(
                "preset",
                PresetText(),
                REQUIRED,
                "its name at KerasHub, an address such as `hf://user/bert`, or a folder such as `./my_bert`",
                identity=False,  # what it holds decides, and not where it lies
            ),
            Parameter("load_weights", Flag(), True, "its trained weights; else random ones"),
            Parameter(
                "output",
                OneOf((NULL, Text("the name of an output"))),
                None,
                "of several outputs, the one that passes on; `pooled_output` if there is one",
            ),
        ),
        "a trained network of KerasHub without its last layers",
        "https://keras.io/keras_hub",
    ),
)
