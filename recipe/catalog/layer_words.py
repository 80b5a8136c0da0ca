"""Our own words that stand where layers stand, a row each."""

from recipe.catalog.constraints import Fields, Layers, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Anything, Fraction, Integer, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row
from recipe.catalog.sections import OUTPUT_NAME

MAX_LAYERS = 10_000

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
)
