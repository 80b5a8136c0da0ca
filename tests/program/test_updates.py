"""Updates of the weights, and what a batch may not be divided for."""

import pytest

from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.updates import PartsOfSum
from tests.program.test_per_core import SPEC, program

SUM = "{CategoricalCrossentropy: {reduction: sum}}"
OF_WEIGHTS = "{CategoricalCrossentropy: {reduction: mean_with_sample_weight}}"


@pytest.mark.parametrize("loss", [SUM, f"[KLDivergence, {SUM}]", OF_WEIGHTS])
def test_a_loss_over_the_whole_batch_is_refused_in_parts_also_where_it_is_one_of_several(loss: str):
    with pytest.raises(RecipeError) as caught:
        program(SPEC + f"loss: {loss}\n", "training.accumulate=2")
    (problem,) = (one for one in caught.value.problems if isinstance(one, PartsOfSum))
    assert problem.loss == "CategoricalCrossentropy"
