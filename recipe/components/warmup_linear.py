"""Linear warm-up, then a straight line."""

from typing import Any

import keras

from recipe.components.warmups import WarmupDescent


@keras.saving.register_keras_serializable("recipe")
class WarmupLinear(WarmupDescent):
    """Linear warm-up to the peak, then `1 - progress` down to the floor.

    Source: Devlin et al., BERT, arXiv 1810.04805, appendix A.2.
    """

    def shape(self, progress: Any) -> Any:
        """A straight line from 1 to 0."""
        return 1.0 - progress
