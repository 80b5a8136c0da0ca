"""Our own words that stand where objects stand: sources, kinds, layers, metrics. A row each."""

from recipe.catalog.constraints import Fields, Layers, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import Anything, Flag, Fraction, Integer, Number, PathText, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row
from recipe.catalog.sections import OUTPUT_NAME

NULL = Words((None,))
ARRAYS = ListOf(Text("the name of an array"), lone=True)
FLAG = Flag()
WEIGHT = Number(at_least=0)
MISSING = Words(("error", "drop", "mean", "median", "category", "indicator"))
POLICY = Parameter("missing", OneOf((NULL, MISSING)), None, "policy of this column")
MOST_UNITS = 65_536
MOST_BINS = 10_000_000
DATE_PARTS = tuple("year month day day_of_week day_of_year hour minute".split())

PATHS = OneOf((PathText(), ListOf(PathText(), filled=True)))
FILES = ListOf(PathText(), lone=True, filled=True)
UNPACKED = "`.gz`, `.bz2`, `.xz` and `.zip` are unpacked"
CHARACTER = Text("one character", "[\\S \t]")
NAME = Text("the name of a column")
NAMES = ListOf(NAME, lone=True, filled=True)

SKIP = Row(
    "bad_rows",
    "section",
    "recipe:bad_rows",
    (Parameter("skip", OneOf((Fraction(), Integer(1))), REQUIRED, "how many, a count or a share, at most"),),
    "rows that cannot be read, left out up to a limit; each time they are counted and told",
)
BAD_ROWS = Parameter(
    "bad_rows",
    OneOf((Words(("error",)), Fields(SKIP))),
    "error",
    "rows that cannot be read: refused, or left out up to a limit (`{skip: 10}`, `{skip: 1%}`)",
)

# A name with a namespace would fetch Python code and run it.
TFDS_NAME = Text(
    "the name of a data set of TensorFlow Datasets", r"[a-z]\w*(/[\w.+-]+)?(:[0-9]+\.[0-9]+\.[0-9]+)?"
)
KERAS_SETS = tuple("mnist fashion_mnist cifar10 cifar100 imdb reuters california_housing".split())
RAW = "uint8 int8 uint16 int16 int32 uint32 float16 float32 float64".split()
FEATURE = Row(
    "tfrecord_feature",
    "section",
    "recipe:tfrecord_feature",
    (
        Parameter(
            "type",
            Words(("int64", "float", "text", "image", *RAW)),
            REQUIRED,
            "`int64` and `float`: lists of numbers; `image`: an encoded picture; the others: raw bytes",
        ),
        Parameter("shape", ListOf(Integer(1)), (), "of one example; empty for one value"),
    ),
    "what a feature of a record holds",
)

SETS = "digits penguins xor tokens sentences reversals masks series forecast".split()
BUNDLED = Words(tuple(SETS))

# A path is no identity: what was read counts, and its fingerprint is compared.
SOURCES = (
    Row(
        "bundled",
        "source",
        "recipe.data.sources.bundled",
        (Parameter("name", BUNDLED, REQUIRED, "which set"),),
        "a small set that ships with recipe",
    ),
    Row(
        "csv",
        "source",
        "recipe.data.sources.csv",
        (
            Parameter(
                "path",
                PATHS,
                REQUIRED,
                f"files or glob patterns; {UNPACKED}; others may be larger than memory",
                identity=False,
            ),
            Parameter(
                "separator",
                OneOf((NULL, Words(("tab", "whitespace")), CHARACTER)),
                None,
                "between cells; `whitespace` is any run of blanks; found if null",
            ),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
            Parameter("header", OneOf((NULL, FLAG)), None, "whether the first line names the columns"),
            Parameter("columns", ListOf(NAME), (), "their names, where the file has none or wrong ones"),
            Parameter("quote", OneOf((NULL, CHARACTER)), '"', "around cells; null: quotes mean nothing"),
            Parameter("escape", OneOf((NULL, CHARACTER)), None, "before a quote inside a cell"),
            Parameter("comment", OneOf((NULL, Text())), None, "beginning of lines that are no rows"),
            Parameter("skip_lines", Integer(0), 0, "lines before the table"),
            Parameter("decimal", Words((".", ",")), ".", "decimal mark of numbers"),
            Parameter("thousands", OneOf((NULL, CHARACTER)), None, "what parts the digits of large numbers"),
            Parameter("missing_values", ListOf(Text(), lone=True), (), "more spellings of a missing cell"),
            BAD_ROWS,
        ),
        "a table of comma separated values",
    ),
    Row(
        "images",
        "source",
        "recipe.data.sources.images",
        (
            Parameter(
                "path", PathText(), REQUIRED, "folder with a folder of images for each class", identity=False
            ),
            Parameter(
                "size",
                OneOf((NULL, ListOf(Integer(1, 16384), length=2))),
                None,
                "height and width; null: of the first, and all others have it too",
                "pixels",
            ),
            Parameter("channels", Words((1, 3, 4)), 3, "1 is gray, 3 are colors, 4 with transparency"),
            Parameter(
                "resize",
                Words(("crop", "pad", "stretch")),
                "crop",
                "what gives way where the proportions differ from those of `size`",
            ),
            Parameter(
                "interpolation",
                Words(("bilinear", "bicubic", "lanczos", "nearest")),
                "bilinear",
                "between pixels; with antialiasing where an image shrinks",
            ),
            Parameter(
                "table",
                OneOf((NULL, PathText())),
                None,
                "CSV file that names the images, relative to `path`, and what belongs to them",
                identity=False,
            ),
            Parameter(
                "column", OneOf((NULL, Text("the name of a column"))), None, "that names them; the first"
            ),
            Parameter(
                "masks",
                OneOf((NULL, PathText())),
                None,
                "folder with the class of every pixel: a mask for each image, by name",
                identity=False,
            ),
            Parameter(
                "mask_column", OneOf((NULL, Text("the name of a column"))), None, "that names the masks"
            ),
            Parameter(
                "corrupt", Words(("error", "skip")), "error", "what to do about files that are no whole image"
            ),
            Parameter("skip_at_most", Fraction(one=True), 0.01, "share of the images that may be left out"),
        ),
        "image files, packed once into one array of bytes",
    ),
    Row(
        "npz",
        "source",
        "recipe.data.sources.npz",
        (
            Parameter("path", PATHS, REQUIRED, "the file, or files whose examples follow", identity=False),
            Parameter("features", ARRAYS, REQUIRED, "array of the inputs, or several"),
            Parameter("target", ARRAYS, REQUIRED, "array of the targets, or several"),
        ),
        "NumPy arrays in one file",
    ),
    Row(
        "npy",
        "source",
        "recipe.data.sources.npy",
        (
            Parameter("features", FILES, REQUIRED, "file of the inputs, or several", identity=False),
            Parameter("target", FILES, REQUIRED, "file of the targets, or several", identity=False),
        ),
        "NumPy arrays in a file each, read from the disk as they are needed",
    ),
    Row(
        "parquet",
        "source",
        "recipe.data.sources.parquet",
        (
            Parameter("path", PATHS, REQUIRED, "files or glob patterns", identity=False),
            Parameter("columns", ListOf(NAME), (), "those that are read; all if empty"),
        ),
        "a table of typed columns; needs `keras-recipe[parquet]`",
    ),
    Row(
        "huggingface",
        "source",
        "recipe.data.sources.huggingface",
        (
            Parameter(
                "name", OneOf((NULL, Text("the name of a data set"))), None, "on the Hub: `ylecun/mnist`"
            ),
            Parameter(
                "path",
                OneOf((NULL, PathText("the path of a folder"))),
                None,
                "of `save_to_disk`",
                identity=False,
            ),
            Parameter("config", OneOf((NULL, Text("the name of a configuration"))), None, "of the data set"),
            Parameter("split", Text("the name of a part"), "train", "which part; `train[:80%]` of the Hub"),
            Parameter("columns", ListOf(NAME), (), "those that are read; all if empty"),
        ),
        "a data set of the Hugging Face Hub, or one saved on a disk; needs `keras-recipe[huggingface]`",
    ),
    Row(
        "tfrecord",
        "source",
        "recipe.data.sources.tfrecord",
        (
            Parameter("path", PATHS, REQUIRED, f"files or glob patterns; {UNPACKED}", identity=False),
            Parameter(
                "features",
                MappingOf(Fields(FEATURE, shorthand=True), "feature"),
                UNSET,
                "what they hold; all of them, as they look in the first record, if absent",
            ),
            BAD_ROWS,
        ),
        "records of `tf.train.Example`, each compared with its checksums",
    ),
    Row(
        "keras",
        "source",
        "recipe.data.sources.keras",
        (
            Parameter("name", Words(KERAS_SETS), REQUIRED, "which set"),
            Parameter("split", Words(("train", "test")), "train", "which part"),
            Parameter(
                "words",
                OneOf((NULL, Integer(5))),
                None,
                "of `imdb` and `reuters`: the most frequent; all if null",
            ),
            Parameter(
                "length",
                OneOf((NULL, Integer(1))),
                None,
                "of `imdb` and `reuters`: words of a text, the last ones",
            ),
        ),
        "a set of `keras.datasets`, kept in `~/.keras/datasets` and fetched once",
    ),
    Row(
        "tfds",
        "source",
        "recipe.data.sources.tfds",
        (
            Parameter("name", TFDS_NAME, REQUIRED, "`mnist`, or `name/config:version`"),
            Parameter("split", Text("the name of a part"), "train", "which part, such as `train[:80%]`"),
            Parameter(
                "data_dir",
                OneOf((NULL, PathText("the path of a folder"))),
                None,
                "where sets are prepared; `~/tensorflow_datasets` if null",
                identity=False,
            ),
            Parameter("columns", ListOf(NAME), (), "features that are read; all if empty"),
        ),
        "a set of TensorFlow Datasets, prepared once; needs `keras-recipe[tfds]`",
    ),
    Row(
        "arrays",
        "source",
        "recipe.data.sources.arrays",
        (
            Parameter("features", ARRAYS, "x", "array of the inputs, or several"),
            Parameter("target", ARRAYS, "y", "array of the targets, or several"),
        ),
        "arrays that a Python program gives: `recipe.fit(spec, arrays={...})`",
    ),
    Row(
        "corpus",
        "source",
        "recipe.data.sources.corpus",
        (
            Parameter(
                "path", PathText(), REQUIRED, "file or glob pattern; `.gz` is unpacked", identity=False
            ),
            Parameter(
                "tokens",
                OneOf((Words(("characters", "bytes")), ObjectOf(("tokenizer",)))),
                "characters",
                "what the text is cut into; `{subword: 4096}` learns so many tokens from the training text",
            ),
            Parameter("context", Integer(1, 2**20), REQUIRED, "tokens of an example", "tokens"),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
        ),
        "a text for language modelling: examples are windows, the target is the next token at each place",
    ),
    Row(
        "series",
        "source",
        "recipe.data.sources.series",
        (
            Parameter(
                "path", PathText(), REQUIRED, "CSV file or glob pattern; `.gz` is unpacked", identity=False
            ),
            Parameter("window", Integer(1), REQUIRED, "time steps that the network sees", "steps"),
            Parameter("horizon", Integer(1), REQUIRED, "time steps behind them that it says", "steps"),
            Parameter("time", OneOf((NULL, NAME)), None, "column of the time; its rows must be in order"),
            Parameter("columns", OneOf((NULL, NAMES)), None, "what the network sees; all but `time` if null"),
            Parameter("forecast", OneOf((NULL, NAMES)), None, "what it says; the same columns if null"),
            Parameter("rows", OneOf((NULL, Integer(1))), None, "how many are read, the oldest; all if null"),
            Parameter(
                "standardize", FLAG, True, "each column to mean 0 and deviation 1 over the training part"
            ),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
        ),
        "columns over time: windows of them, and the horizon behind each to forecast",
    ),
)

KINDS = (
    Row(
        "number",
        "kind",
        "recipe:number",
        (
            Parameter(
                "scale",
                Words(("auto", "standard", "robust", "log", "minmax", "quantile", "none")),
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
            POLICY,
        ),
        "a text as the ids of its words, as Keras's TextVectorization finds them",
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

LOSSES = (
    Row(
        "quantile",
        "loss_word",
        "recipe.components.quantile.Quantile",
        (Parameter("quantile", Number(above=0, below=1), 0.5, "that is learned; 0.5 is the median"),),
        "pinball loss: the network says a quantile of the target",
        "Koenker and Bassett 1978, Econometrica 46",
    ),
)

# Classes of ours that no spec names: they stand behind words of `training`, `loss` and others.
COMPONENTS = (
    Row(
        "ClassWeights",
        "component",
        "recipe.components.class_weights.ClassWeights",
        (Parameter("weights", ListOf(WEIGHT), REQUIRED, "by index of the class"),),
        "the weight of the class of each example",
    ),
    Row(
        "Mixing",
        "component",
        "recipe.components.mixing.Mixing",
        (
            Parameter("mixup", WEIGHT, REQUIRED, "parameter of its Beta distribution"),
            Parameter("cutmix", WEIGHT, REQUIRED, "parameter of its Beta distribution"),
            Parameter("masks", ARRAYS, REQUIRED, "targets that are cut as images are"),
            Parameter("seed", Integer(0), REQUIRED, "of its draws"),
        ),
        "examples of a batch mixed in pairs",
        "arXiv 1710.09412 (mixup), arXiv 1905.04899 (CutMix)",
    ),
    Row(
        "LossOverProbabilities",
        "component",
        "recipe.components.over_probabilities.LossOverProbabilities",
        (
            Parameter("loss", ObjectOf(("loss",)), REQUIRED, "over probabilities"),
            Parameter("activation", Words(("softmax", "sigmoid", "linear")), REQUIRED, "of the logits"),
            Parameter("label_smoothing", Fraction(), 0.0, "of the answers"),
        ),
        "a loss that is given probabilities",
    ),
    Row(
        "MetricOverProbabilities",
        "component",
        "recipe.components.over_probabilities.MetricOverProbabilities",
        (
            Parameter("metric", ObjectOf(("metric",)), REQUIRED, "over probabilities"),
            Parameter("activation", Words(("softmax", "sigmoid")), REQUIRED, "of the logits"),
        ),
        "a metric that is given probabilities",
    ),
    Row(
        "WeightedSum",
        "component",
        "recipe.components.weighted_sum.WeightedSum",
        (
            Parameter("losses", ListOf(ObjectOf(("loss",))), REQUIRED, "at least one"),
            Parameter("weights", ListOf(WEIGHT), REQUIRED, "one for each"),
        ),
        "several losses as one",
    ),
)

METRICS = (Row("accuracy", "metric_word", "recipe:accuracy", (), "share of examples whose class is found"),)

LATER_KINDS = """
    mask sequence
""".split()

# What stands nowhere else may not stand inside an object: (argument, families, what to write instead).
ELSEWHERE = (
    ("weight_decay", ("optimizer",), "`regularization.weight_decay`"),
    ("clipnorm", ("optimizer",), "`regularization.gradient_clip`"),
    ("clipvalue", ("optimizer",), "`regularization.gradient_clip`"),
    ("global_clipnorm", ("optimizer",), "`regularization.gradient_clip`"),
    ("use_ema", ("optimizer",), "`regularization.ema`"),
    ("ema_momentum", ("optimizer",), "`regularization.ema`"),
    ("ema_overwrite_frequency", ("optimizer",), "`regularization.ema`"),
    ("gradient_accumulation_steps", ("optimizer",), "`training.accumulate`"),
    ("loss_scale_factor", ("optimizer",), "`runtime.precision`"),
    ("label_smoothing", ("loss",), "`regularization.label_smoothing`"),
    ("name", ("layer", "application"), "`as: name` beside the layer"),
    ("name", ("optimizer", "loss", "metric", "schedule", "keras_schedule"), "`as: name` beside it"),
)

LARGEST_BLOCK = 1024
BLOCK = Parameter(
    "block",
    Integer(1, LARGEST_BLOCK),
    UNSET,
    "updates in one call of the compiled function; found by the clock when nobody writes it",
    unit="steps",
    identity=False,
)
ENGINES = tuple(
    Row(name, "engine", f"recipe:{name}", (BLOCK,), help_text)
    for name, help_text in (
        ("graph", "many steps in one graph of TensorFlow"),
        ("graph_fused", "the same, with batch norm as one kernel"),
        ("xla", "many steps in one function that XLA compiles"),
        ("fit", "Keras's own `fit`, a call a step: for a Keras that runs no block, and to compare with"),
    )
)
