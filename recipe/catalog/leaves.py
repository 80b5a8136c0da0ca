"""What a single value may be: objects that check, word themselves and know the usual slip."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from recipe.catalog.calls import Call, Factor, Value
from recipe.catalog.spelling import listed
from recipe.diagnostics.suggestions import meant
from recipe.language.durations import Duration, Share, Unit, parse_duration
from recipe.language.scalars import resolve


class Rejected:
    """The answer of a constraint to a value that it does not admit."""


REJECTED = Rejected()


class Leaf(Protocol):
    """A constraint on a single value."""

    def accept(self, value: Value) -> "Value | Rejected":
        """The value in its settled form, or `REJECTED`."""

    def describe(self) -> str:
        """What is expected, as in `must be a number above 0`."""

    def resembles(self, value: Value) -> bool:
        """Whether a value has the form of this constraint, in range or not."""

    def slip(self, value: Value) -> str:
        """The spelling that was probably meant, or nothing."""

    def bad_values(self) -> tuple[Value, ...]:
        """Values that must be refused, for tests."""


def is_number(value: Value) -> bool:
    """Whether a value is an integer or a finite float; a flag is not a number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _range_words(
    above: float | None, at_least: float | None, below: float | None, at_most: float | None
) -> str:
    if at_least is not None and at_most is not None:
        return f"from {_written(at_least)} to {_written(at_most)}"
    words = {"above": above, "of at least": at_least, "below": below, "of at most": at_most}
    return " and ".join(f"{word} {_written(limit)}" for word, limit in words.items() if limit is not None)


def _written(number: float) -> str:
    """A number as a spec would spell it: integers with all their digits."""
    return str(number) if isinstance(number, int) else f"{number:g}"


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number within limits; integers are numbers."""

    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None

    def accept(self, value: Value) -> "Value | Rejected":
        if not is_number(value) or not self._holds(value):  # type: ignore[arg-type]
            return REJECTED
        return value

    def _holds(self, value: float) -> bool:
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )

    def describe(self) -> str:
        return f"a number {_range_words(self.above, self.at_least, self.below, self.at_most)}".rstrip()

    def resembles(self, value: Value) -> bool:
        return is_number(value) or _number_in(value) is not None

    def slip(self, value: Value) -> str:
        number = _number_in(value)
        return value.strip() if number is not None and isinstance(value, str) and self._holds(number) else ""

    def bad_values(self) -> tuple[Value, ...]:
        outside = [limit - 1 for limit in (self.above, self.at_least) if limit is not None]
        outside += [limit + 1 for limit in (self.below, self.at_most) if limit is not None]
        return ("many", True, math.nan, math.inf, *outside)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within limits."""

    at_least: int | None = None
    at_most: int | None = 2**53

    def accept(self, value: Value) -> "Value | Rejected":
        if not isinstance(value, int) or isinstance(value, bool):
            return REJECTED
        too_small = self.at_least is not None and value < self.at_least
        too_large = self.at_most is not None and value > self.at_most
        return REJECTED if too_small or too_large else value

    def describe(self) -> str:
        at_most = None if self.at_most == 2**53 else self.at_most
        return f"an integer {_range_words(None, self.at_least, None, at_most)}".rstrip()

    def resembles(self, value: Value) -> bool:
        return is_number(value) or _number_in(value) is not None

    def slip(self, value: Value) -> str:
        number = value if isinstance(value, float) else _number_in(value)
        if number is None or not math.isfinite(number) or number != int(number):
            return ""
        return "" if isinstance(self.accept(int(number)), Rejected) else str(int(number))

    def bad_values(self) -> tuple[Value, ...]:
        return ("many", True, 1.5, *([self.at_least - 1] if self.at_least is not None else []))


@dataclass(frozen=True, slots=True)
class Fraction:
    """A share: `10%` or `0.1`.

    Args:
        one: whether the whole (1, 100%) is admitted.
        zero: whether nothing (0, 0%) is admitted.
        factor: whether it multiplies something, so that it may be written as `x0.1` too.
    """

    one: bool = False
    zero: bool = True
    factor: bool = False

    def accept(self, value: Value) -> "Value | Rejected":
        share = value
        if isinstance(value, str):
            duration = parse_duration(value)
            share = Share(duration.amount / 100) if duration and duration.unit is Unit.PERCENT else None
            if self.factor and re.fullmatch(r"x0\.[0-9]{1,40}", value):
                share = float(value[1:])
        if not is_number(share) or not 0 <= share <= 1:  # type: ignore[operator]
            return REJECTED
        return REJECTED if (share == 1 and not self.one) or (share == 0 and not self.zero) else share

    def describe(self) -> str:
        least = "from 0" if self.zero else "above 0"
        most = ("to 1" if self.one else "up to, but not including, 1") if self.zero else "and below 1"
        most = "and at most 1" if self.one and not self.zero else most
        return f"a share {least} {most} (`10%`{', `x0.1`' if self.factor else ''} or `0.1`)"

    def resembles(self, value: Value) -> bool:
        return (
            is_number(value)
            or _number_in(value) is not None
            or (isinstance(value, str) and value.rstrip().endswith("%"))
            or (self.factor and isinstance(value, str) and value.startswith("x"))
        )

    def slip(self, value: Value) -> str:
        number = value if is_number(value) else _number_in(value)
        if not isinstance(number, int | float):
            return ""
        if number == 0 and not self.zero:
            return ""
        if 0 <= number < 1:
            return value.strip() if isinstance(value, str) else f"{number:g}"
        return f"{number:g}%" if 1 < number < 100 else ""

    def bad_values(self) -> tuple[Value, ...]:
        return ("much", True, -0.1, 50, "150%", *(() if self.zero else (0, "0%")))


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def accept(self, value: Value) -> "Value | Rejected":
        return value if isinstance(value, bool) else REJECTED

    def describe(self) -> str:
        return "`true` or `false`"

    def resembles(self, value: Value) -> bool:
        return isinstance(value, bool) or str(value).lower() in _FLAG_WORDS

    def slip(self, value: Value) -> str:
        return _FLAG_WORDS.get(str(value).lower(), "")

    def bad_values(self) -> tuple[Value, ...]:
        return ("yes", 1, 0.0)


_FLAG_WORDS = {"yes": "true", "no": "false", "on": "true", "off": "false", "true": "true", "false": "false"}


@dataclass(frozen=True, slots=True)
class Text:
    """A string, of a given form if there is a pattern.

    Args:
        what: how to call it: `a column name`.
        pattern: regular expression that the whole string must match.
    """

    what: str = "a string"
    pattern: str = ""

    def accept(self, value: Value) -> "Value | Rejected":
        if not isinstance(value, str) or (self.pattern and not re.fullmatch(self.pattern, value)):
            return REJECTED
        return value

    def describe(self) -> str:
        return self.what

    def resembles(self, value: Value) -> bool:
        return isinstance(value, str)

    def slip(self, value: Value) -> str:
        quoted = str(value) if is_number(value) or isinstance(value, bool) else ""
        return "" if not quoted or isinstance(self.accept(quoted), Rejected) else f'"{quoted}"'

    def bad_values(self) -> tuple[Value, ...]:
        return (1, True, 0.5)


@dataclass(frozen=True, slots=True)
class PathText(Text):
    """A path; relative to the file that wrote it. The resolver makes it whole."""

    what: str = "the path of a file"

    def accept(self, value: Value) -> "Value | Rejected":
        if not isinstance(value, str) or not value or "://" in value or "\0" in value:
            return REJECTED
        return REJECTED if self.pattern and not re.fullmatch(self.pattern, value) else value


@dataclass(frozen=True, slots=True)
class PresetText(Text):
    """A preset of KerasHub: its name, the address of one, or the path of a folder, which has a `/`."""

    what: str = "a preset such as `bert_tiny_en_uncased`, or a folder such as `./my_bert`"
    pattern: str = r"(?:(?:gs|hf|kaggle|modelscope)://)?(?:(?!://)[^\u0000])+"

    @staticmethod
    def is_path(value: str) -> bool:
        """Whether a preset is a folder; a name or an address, as `hf://user/bert`, is the same anywhere."""
        return "/" in value and "://" not in value


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few words (or numbers), spelled as they are.

    Args:
        choices: the words.
        what: how to call one, where there are too many to list: `an activation`.
        reserved: words that are kept for a later version of the language itself.
    """

    choices: tuple[str | int | None, ...]
    what: str = ""
    reserved: tuple[str, ...] = ()

    def accept(self, value: Value) -> "Value | Rejected":
        same = (choice for choice in self.choices if type(choice) is type(value) and choice == value)
        return next(same, REJECTED)

    def describe(self) -> str:
        return self.what or listed([f"`{word}`" for word in self.spelled])

    @property
    def spelled(self) -> tuple[str, ...]:
        """The words as a spec writes them."""
        return tuple("null" if choice is None else str(choice) for choice in self.choices)

    def resembles(self, value: Value) -> bool:
        return not isinstance(self.accept(value), Rejected)

    def slip(self, value: Value) -> str:
        return "" if isinstance(value, Mapping | tuple | Call) else meant(str(value), self.spelled) or ""

    def bad_values(self) -> tuple[Value, ...]:
        return ("no such word", 1.5, True)


@dataclass(frozen=True, slots=True)
class DurationIn:
    """A stretch of training in one of some units.

    Args:
        units: those that make sense here.
        bare: the unit of a bare integer, where the key names it (`epochs: 5`).
        zero: whether nothing at all is admitted.
        whole: the unit that it is rounded up to, where only whole ones make sense.
    """

    units: tuple[Unit, ...]
    bare: Unit | None = None
    zero: bool = False
    whole: Unit | None = None

    def accept(self, value: Value) -> "Value | Rejected":
        duration = value if isinstance(value, Duration) else None
        if isinstance(value, int) and not isinstance(value, bool) and self.bare:
            duration = Duration(value, self.bare)
        if isinstance(value, str):
            duration = parse_duration(value)
        if duration is None or duration.unit not in self.units or duration.amount < 0:
            return REJECTED
        return REJECTED if duration.amount == 0 and not self.zero else duration

    def describe(self) -> str:
        examples = listed([f"`{_EXAMPLES[unit]}`" for unit in self.units][:3])
        bare = f"a whole number of {self.bare}, or " if self.bare else ""
        return f"{bare}a duration such as {examples}"

    def resembles(self, value: Value) -> bool:
        return is_number(value) or (isinstance(value, str) and value.lstrip()[:1].isdigit())

    def slip(self, value: Value) -> str:
        number = value if is_number(value) else _number_in(value)
        if not isinstance(number, int | float) or number <= 0:
            return ""
        if number < 1 and Unit.PERCENT in self.units:
            return f"{number * 100:g}%"
        likely = (self.whole,) if self.whole else (Unit.EPOCHS, Unit.STEPS)
        units = [unit for unit in self.units if unit in likely]
        return "` or `".join(str(Duration(number, unit)) for unit in units)

    def bad_values(self) -> tuple[Value, ...]:
        return ("soon", True, -1, "5 parsecs")


_EXAMPLES = {
    Unit.EPOCHS: "5 epochs",
    Unit.STEPS: "500 steps",
    Unit.PERCENT: "10%",
    Unit.TOKENS: "300B tokens",
    Unit.EXAMPLES: "10M examples",
    Unit.MINUTES: "90 minutes",
}


@dataclass(frozen=True, slots=True)
class FactorText:
    """`x0.1`: a multiple of what is there."""

    def accept(self, value: Value) -> "Value | Rejected":
        match = re.fullmatch(r"x(\d+(\.\d+)?(e-?\d+)?)", value) if isinstance(value, str) else None
        return Factor(float(match[1])) if match else REJECTED

    def describe(self) -> str:
        return "a factor such as `x0.1`"

    def resembles(self, value: Value) -> bool:
        return isinstance(value, str) and value.startswith("x")

    def slip(self, value: Value) -> str:
        return f"x{value:g}" if isinstance(value, int | float) and is_number(value) else ""

    def bad_values(self) -> tuple[Value, ...]:
        return ("times two", 2)


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever Keras takes: the generated catalog does not know more."""

    def accept(self, value: Value) -> "Value | Rejected":
        return value

    def describe(self) -> str:
        return "a value that Keras takes"

    def resembles(self, value: Value) -> bool:
        return True

    def slip(self, value: Value) -> str:
        return ""

    def bad_values(self) -> tuple[Value, ...]:
        return ()


def _number_in(value: Value) -> float | None:
    """The number that a string spells (`"1e-3"` in quotes), or None."""
    try:
        number = resolve(value.strip()) if isinstance(value, str) else None
    except OverflowError:
        return None
    return number if is_number(number) else None  # type: ignore[return-value]


NULL = Words((None,))
