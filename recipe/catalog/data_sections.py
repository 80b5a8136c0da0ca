"""What stands under `data`, a row each."""

from recipe.catalog.constraints import Fields, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Flag, Fraction, Integer, Words
from recipe.catalog.rows import UNSET, Parameter, section_row
from recipe.catalog.section_leaves import COLUMN

SOURCE = ObjectOf(("source",))
PARTS = ("train", "validation", "test")
OTHERS = "others"  # `ignore: others`; a column of this name is ignored as `[others]`
KINDS = OneOf((COLUMN, MappingOf(ObjectOf(("kind",)), "column")))

SPLIT = section_row(
    "split",
    "how one source is divided into train, validation and test",
    Parameter(
        "validation", OneOf((Fraction(), Integer(0))), 0.0, "share or number of examples for validation"
    ),
    Parameter("test", OneOf((Fraction(), Integer(0))), 0.0, "share or number of examples for the test"),
    Parameter("stratified", Flag(), False, "keep the shares of the classes equal in all parts"),
    Parameter("group", OneOf((COLUMN, NULL)), None, "column whose equal values stay in one part"),
    Parameter(
        "time",
        OneOf((COLUMN, NULL)),
        None,
        "column of dates or numbers; the oldest rows train, the newest are the test",
    ),
    Parameter(
        "folds",
        OneOf((Integer(2), NULL)),
        None,
        "parts of which each is the test once; `recipe fit` trains all of them, or `--fold` one",
    ),
    Parameter(
        "fold",
        OneOf((Integer(1), NULL)),
        None,
        "which of the folds is the test, from 1; what `--fold` sets",
    ),
)

DATA = section_row(
    "data",
    "what is read, and how",
    Parameter("source", SOURCE, UNSET, "one source, divided by `split`", instead_of=PARTS),
    Parameter("train", SOURCE, UNSET, "source of the training examples", instead_of=("source",)),
    Parameter("validation", SOURCE, UNSET, "source of the validation examples", instead_of=("source",)),
    Parameter("test", SOURCE, UNSET, "source of the test examples", instead_of=("source",)),
    Parameter("target", KINDS, UNSET, "the column to learn, or kinds by column"),
    Parameter(
        "features",
        MappingOf(ObjectOf(("kind",)), "column"),
        UNSET,
        "kinds by column; the others are inferred, and stay features unless `ignore` says otherwise",
    ),
    Parameter(
        "ignore",
        OneOf((Words((OTHERS,)), ListOf(COLUMN, lone=True))),
        (),
        "columns that are not features; `others` are all that `features` does not name",
    ),
    Parameter(
        "missing",
        Words(("error", "drop", "mean", "median", "category", "indicator")),
        "error",
        "what to do about missing cells; `indicator` fills them and says where they were",
    ),
    Parameter("split", Fields(SPLIT), None, "how one source is divided"),
    Parameter(
        "weight", COLUMN, UNSET, "column of example weights: in the loss, and in metrics, of every split"
    ),
)
