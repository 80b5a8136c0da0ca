"""A metric that is watched, where a spec names one."""

from recipe.catalog.constraints import Fields, OneOf
from recipe.catalog.rows import UNSET, Parameter, section_row
from recipe.catalog.section_leaves import AUTO, METRIC

BEST = section_row(
    "best",
    "a metric and its direction",
    Parameter("max", METRIC, UNSET, "metric of which more is better"),
    Parameter("min", METRIC, UNSET, "metric of which less is better"),
)
WATCHED = OneOf((AUTO, METRIC, Fields(BEST)))
