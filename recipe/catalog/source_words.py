"""Our own words for where data come from, a row each."""

from recipe.catalog.constraints import Fields, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import NULL, Flag, Fraction, Integer, PathText, Text, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row

ARRAYS = ListOf(Text("the name of an array"), lone=True)
PATHS = OneOf((PathText(), ListOf(PathText(), filled=True)))
FILES = ListOf(PathText(), lone=True, filled=True)
UNPACKED = "`.gz`, `.bz2`, `.xz` and `.zip` are unpacked"
CHARACTER = Text("one character", "[\\S \t]")
NAME = Text("the name of a column")
NAMES = ListOf(NAME, lone=True, filled=True)
COLOR = ListOf(Integer(0, 255), length=3)

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
                f"files or glob patterns; {UNPACKED}; they may be larger than memory",
                identity=False,
            ),
            Parameter(
                "separator",
                OneOf((NULL, Words(("tab", "whitespace")), CHARACTER)),
                None,
                "between cells; `whitespace` is any run of blanks; found if null",
            ),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
            Parameter("header", OneOf((NULL, Flag())), None, "whether the first line names the columns"),
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
                "colors",
                OneOf((NULL, MappingOf(COLOR, "the name of a class", distinct=True))),
                None,
                "of masks whose classes are colors: red, green and blue of each, in the order of the classes",
            ),
            BAD_ROWS,
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
            Parameter(
                "path",
                PATHS,
                REQUIRED,
                "files or glob patterns; they may be larger than memory, if no column is of lists or images",
                identity=False,
            ),
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
                "standardize", Flag(), True, "each column to mean 0 and deviation 1 over the training part"
            ),
            Parameter("encoding", Text("an encoding"), "utf-8", "of the text"),
        ),
        "columns over time: windows of them, and the horizon behind each to forecast",
    ),
)
