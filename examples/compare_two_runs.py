"""One spec, two values of one key: two runs compared in pandas, and drawn.

python examples/compare_two_runs.py [--epochs N] [--picture FILE]
"""

import argparse
from pathlib import Path

import pandas as pd

import recipe

SPEC = Path(__file__).parents[1] / "specs" / "digits-mlp.yaml"


def main() -> None:
    """Train the spec with two learning rates; print and draw the validation accuracy of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--picture", type=Path, default=Path("two_runs.svg"))
    options = parser.parse_args()

    # An override is what `--set` is on the command line: a path into the spec, and a value.
    runs = {
        rate: recipe.fit(
            recipe.load(SPEC, [f"training.epochs={options.epochs}", f"optimizer.learning_rate={rate}"]),
            keep=False,  # no run folder
        )
        for rate in ("3e-3", "3e-4")
    }

    accuracy = pd.concat({rate: run.history["val_accuracy"] for rate, run in runs.items()}, axis=1)
    print(accuracy.tail(5).round(4))
    print(pd.DataFrame({rate: run.test for rate, run in runs.items()}).round(4))

    axes = accuracy.plot(xlabel="epoch", ylabel="validation accuracy")
    axes.legend(title="learning rate")
    axes.figure.savefig(options.picture)
    print(options.picture)


if __name__ == "__main__":
    main()
