"""Values that several sections take."""

from recipe.catalog.leaves import DurationIn, Fraction, Text, Words
from recipe.language.durations import Unit

COLUMN = Text("the name of a column")
METRIC = Text("the name of a logged metric", r"[A-Za-z_]\w*")
AUTO = Words(("auto",))
UNITS = (Unit.EPOCHS, Unit.STEPS, Unit.PERCENT, Unit.EXAMPLES, Unit.TOKENS)
LENGTH = DurationIn(UNITS)
WHOLE_EPOCHS = DurationIn(UNITS, whole=Unit.EPOCHS)  # rounded up
WHOLE_EPOCHS_OR_NONE = DurationIn(UNITS, zero=True, whole=Unit.EPOCHS)
OFF = Words(("off",))  # the same word elsewhere removes what was inherited
PART = Fraction(zero=False)
FACTOR = Fraction(zero=False, factor=True)
