"""A run folder as a training leaves it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

METRICS = """\
epoch,step,learning_rate,seconds,loss,accuracy,val_loss,val_accuracy
1,469,0.05,20.1,0.9,0.6,0.8,0.7
2,938,0.1,20.2,0.2,0.95,0.5,0.8
3,1407,0.08,20.0,0.1,0.97,0.55,0.79
"""

STATUS = {
    "state": "finished",
    "name": "fashion",
    "epochs": 3,
    "epochs_planned": 30,
    "stopped": "val_accuracy has not risen for 1 epoch",
    "best": {"metric": "val_accuracy", "direction": "max", "epoch": 2, "value": 0.8},
    "test": {"loss": 0.5, "accuracy": 0.79},
    "seconds": 754.2,
    "parameters": 272474,
    "examples_per_second": 5210.4,
}


@pytest.fixture
def make_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes `runs/fashion/3`, with changes to its status, below a fresh working directory."""
    monkeypatch.chdir(tmp_path)

    def make(metrics: str = METRICS, **changes: Any) -> Path:
        run = Path("runs/fashion/3")
        run.mkdir(parents=True, exist_ok=True)
        (run / "metrics.csv").write_text(metrics)
        (run / "status.json").write_text(json.dumps(STATUS | changes))
        (run / "model.keras").touch()
        return run

    return make
