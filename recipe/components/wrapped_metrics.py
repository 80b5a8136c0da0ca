"""What metrics around another one have in common."""

from typing import Any

import keras


class WrappedMetric(keras.metrics.Metric):
    """A metric that hands on to another one what it makes of a batch.

    Args:
        metric: inside.
        name: of the metric; that of the one inside unless said.
    """

    def __init__(self, metric: Any, name: str | None = None):
        inner = keras.metrics.get(metric)
        super().__init__(name=name or inner.name)
        self.metric = inner

    def result(self) -> Any:
        """What was counted since `reset_state`."""
        return self.metric.result()

    def reset_state(self) -> None:
        """Forget what was counted."""
        self.metric.reset_state()

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"metric": keras.metrics.serialize(self.metric), "name": self.name}
