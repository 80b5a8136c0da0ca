"""Our own words for what a column or an array is, and for how texts become tokens, a row each."""

from recipe.catalog.constraints import ListOf, MappingOf, OneOf
from recipe.catalog.leaves import NULL, Integer, Number, PresetText, Text, Words
from recipe.catalog.rows import REQUIRED, Parameter, Row

MISSING = Words(("error", "drop", "mean", "median", "category", "indicator"))
POLICY = Parameter("missing", OneOf((NULL, MISSING)), None, "policy of this column")
SCALES = Words(("auto", "standard", "robust", "log", "minmax", "quantile", "none"))
SEPARATOR = Text("what stands between two of them", r"[\s\S]+")
MOST_UNITS = 65_536
MOST_BINS = 10_000_000
BYTE = Integer(0, 255)
PIXEL_CLASS = Text("the name of a class")
DATE_PARTS = tuple("year month day day_of_week day_of_year hour minute".split())

KINDS = (
    Row(
        "number",
        "kind",
        "recipe:number",
        (
            Parameter(
                "scale",
                SCALES,
                "auto",
                "by the training split; `auto` is `standard` of a feature and `none` of a target",
            ),
            POLICY,
        ),
        "a number",
    ),
    Row(
        "category",
        "kind",
        "recipe:category",
        (
            Parameter(
                "embedding",
                OneOf((NULL, Integer(1, MOST_UNITS))),
                None,
                "of a feature, units of a vector that is learned for each name; one-hot if null",
            ),
            Parameter(
                "hashing",
                OneOf((NULL, Integer(2, MOST_BINS))),
                None,
                "of a feature, bins that the names are hashed into; each has its own if null",
            ),
            Parameter(
                "minimum_count",
                Integer(1),
                1,
                "of a feature, how often a name must be in the training split; rarer ones count as unseen",
                "examples",
            ),
            POLICY,
        ),
        "one of several names; one-hot as a feature",
    ),
    Row(
        "labels",
        "kind",
        "recipe:labels",
        (
            Parameter(
                "separator",
                OneOf((NULL, SEPARATOR)),
                None,
                "between two names in a cell, blanks around a name do not count; null of an array of 0 and 1",
            ),
            Parameter(
                "missing",
                Words(("empty", "error", "drop")),
                "empty",
                "of a cell without a name: `empty` is an example with none of the labels",
            ),
        ),
        "any number of several names in one cell (multi-label); 0 or 1 for each name",
    ),
    Row(
        "flag",
        "kind",
        "recipe:flag",
        (
            Parameter(
                "column",
                OneOf((NULL, Text("the name of a column"))),
                None,
                "of a target, the column of numbers that it is made of",
            ),
            Parameter(
                "above",
                OneOf((NULL, Number())),
                None,
                "of a target made of numbers, above which it is 1, else 0",
            ),
            POLICY,
        ),
        "yes or no",
    ),
    Row(
        "date",
        "kind",
        "recipe:date",
        (
            Parameter(
                "parts",
                OneOf((Words(("auto",)), ListOf(Words(DATE_PARTS), lone=True, filled=True))),
                "auto",
                "parts that are features; `auto` are year, month, day of the week and hour where they differ",
            ),
            Parameter(
                "format",
                OneOf((NULL, Text("a format of Python's strptime"))),
                None,
                "of the text, such as `%d/%m/%Y`; found if null",
            ),
            POLICY,
        ),
        "a date; the year as a number, other parts as sine and cosine",
    ),
    Row(
        "text",
        "kind",
        "recipe:text",
        (
            Parameter(
                "vocabulary",
                Integer(3, 2**20),
                10_000,
                "ids at most: the most frequent words of training, the filling and the unknown word",
            ),
            Parameter("length", Integer(1, 2**20), 200, "words of an example; longer texts are cut", "words"),
            Parameter(
                "tokenizer",
                OneOf((NULL, PresetText())),
                None,
                "a preset of KerasHub whose tokenizer gives the ids; a folder is written `./my_bert`",
                identity=False,  # what it holds decides, and not where it lies
            ),
            POLICY,
        ),
        "a text as the ids of its words, as Keras's TextVectorization finds them, or of a preset's tokens",
    ),
    Row(
        "sequence",
        "kind",
        "recipe:sequence",
        (
            Parameter(
                "length",
                Integer(1, 2**20),
                REQUIRED,
                "steps of an example; longer sequences are cut, shorter ones filled up behind",
                "steps",
            ),
            Parameter(
                "of",
                Words(("category", "number")),
                "category",
                "what a step is: a name, which becomes an id, or a number",
            ),
            Parameter("separator", SEPARATOR, " ", "between two steps of a cell"),
            Parameter(
                "vocabulary",
                Integer(3, 2**20),
                10_000,
                "of names, ids at most: the most frequent of training, the filling and the unknown name",
            ),
            Parameter(
                "scale",
                SCALES,
                "auto",
                "of numbers, by all steps of the training split; `auto` is `standard` of a feature and "
                "`none` of a target",
            ),
            POLICY,
        ),
        "steps in one cell, such as `3 17 4`, as ids or as numbers",
    ),
    Row("next", "kind", "recipe:next", (), "of a text as the target: the token that follows at each place"),
    Row(
        "same",
        "kind",
        "recipe:same",
        (),
        "of an array as the target: the feature itself, as the network takes it",
    ),
    Row("image", "kind", "recipe:image", (), "height x width x channels, in [0, 1]"),
    Row(
        "mask",
        "kind",
        "recipe:mask",
        (
            Parameter(
                "classes",
                OneOf((NULL, Integer(2, 255), ListOf(PIXEL_CLASS), MappingOf(BYTE, "the name of a class"))),
                None,
                "how many, their names in the order of their values from 0, or the value of each by name; "
                "found in the training source if null",
            ),
            Parameter(
                "ignore",
                OneOf((Words(("auto",)), NULL, ListOf(BYTE, lone=True))),
                "auto",
                "values of pixels that are neither learned nor counted; `auto`: 255, beside other classes",
            ),
            Parameter(
                "above",
                OneOf((NULL, Number(at_least=0, below=255))),
                None,
                "of shades of gray, above which a pixel is the second of two classes",
            ),
        ),
        "of an array as the target: the class of every pixel of an image, from its value, 0 to 255",
    ),
)

TOKENIZERS = (
    Row(
        "subword",
        "tokenizer",
        "recipe:subword",
        (Parameter("vocabulary", Integer(257, 2**20), REQUIRED, "how many tokens; 256 of them are bytes"),),
        "frequent runs of bytes are tokens, learned from the training text by byte-pair encoding",
        "arXiv 1508.07909 (Sennrich et al.), section 3.2",
    ),
)
