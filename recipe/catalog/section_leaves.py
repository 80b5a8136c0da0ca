"""Values that several sections take."""

from recipe.catalog.leaves import Text, Words

COLUMN = Text("the name of a column")
METRIC = Text("the name of a logged metric", r"[A-Za-z_]\w*")
AUTO = Words(("auto",))
OFF = Words(("off",))  # the same word elsewhere removes what was inherited
