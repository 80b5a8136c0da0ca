"""A straight line from one share of the peak to another."""

from typing import Any

import keras

from recipe.components.transitions import Transition


@keras.saving.register_keras_serializable("recipe")
class Linear(Transition):
    """`1 - progress` of the way is left.

    Source: Devlin et al., BERT, arXiv 1810.04805, appendix A.2.
    """

    def shape(self, progress: Any) -> Any:
        """A straight line from 1 to 0."""
        return 1.0 - progress
