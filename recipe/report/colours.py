"""The colours of pictures: each in a light and a dark form, apart for every kind of colour vision."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour by its role.

    Args:
        role: what is drawn in it; the name of its variable in a page.
        light: on white paper, as matplotlib writes it.
        dark: on a dark page.
    """

    role: str
    light: str
    dark: str


INK = "#1f2933"
MUTED = "#6b7785"
GRID = "#e4e8ec"
EDGE = "#d5dbe1"
PAPER = "#ffffff"
# Of Okabe and Ito, https://jfly.uni-koeln.de/color/
TRAIN = "#0072b2"
VALIDATION = "#d55e00"
GAP = "#aa4499"
NORM = "#117733"
SPEED = "#3d6f8e"
RATE = "#7a6a2f"
SERIES = (TRAIN, VALIDATION, "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#8a5a44", "#5e5e5e")

COLOURS = (
    Colour("ink", INK, "#e6eaee"),
    Colour("soft", MUTED, "#a3aeb9"),
    Colour("grid", GRID, "#2c343c"),
    Colour("rim", EDGE, "#3a434d"),
    Colour("paper", PAPER, "#1d242b"),
    Colour("train", TRAIN, "#56b4e9"),
    Colour("validation", VALIDATION, "#ff9a4d"),
    Colour("gap", GAP, "#dd8fd0"),
    Colour("norm", NORM, "#5fc98a"),
    Colour("speed", SPEED, "#8fc4e6"),
    Colour("rate", RATE, "#d9c46c"),
    Colour("series-3", SERIES[2], "#2fd0a2"),
    Colour("series-4", SERIES[3], "#eaa6c9"),
    Colour("series-5", SERIES[4], "#e8c34a"),
    Colour("series-6", SERIES[5], "#a9dcff"),
    Colour("series-7", SERIES[6], "#d3a188"),
    Colour("series-8", SERIES[7], "#b5b5b5"),
)

_ROLES = {colour.light: colour.role for colour in COLOURS}


def themed(svg: str) -> str:
    """A picture in the colours of the page that it lies in."""
    return re.sub(
        r"((?:fill|stroke): )(#[0-9a-f]{6})",
        lambda found: f"{found[1]}var(--c-{_ROLES[found[2]]})" if found[2] in _ROLES else found[0],
        svg,
    )


def variables(*, dark: bool) -> str:
    """The declarations of all colours, for a style sheet."""
    return " ".join(f"--c-{one.role}: {one.dark if dark else one.light};" for one in COLOURS)
