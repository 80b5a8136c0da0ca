"""Predictions of a saved run in a program that never imports recipe: plain Keras, raw values in.

python examples/serve_saved_model.py [RUN] [--epochs N]

RUN is the folder of a run of penguins-mlp; without it the command `recipe` trains one first.
"""

import argparse
import json
import subprocess
from pathlib import Path

import keras
import numpy as np

SPEC = Path(__file__).parents[1] / "specs" / "penguins-mlp.yaml"

# As they were measured: the model standardizes the numbers and encodes the words itself.
PENGUINS = {
    "island": ["Torgersen", "Biscoe", "Dream"],
    "bill_length_mm": [39.1, 46.1, 46.5],
    "bill_depth_mm": [18.7, 13.2, 17.9],
    "flipper_length_mm": [181, 211, 192],
    "body_mass_g": [3750, 4500, 3500],
    "sex": ["male", "female", "female"],
}


def main() -> None:
    """Load the model, and say of three penguins which species they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("--epochs", type=int, default=50)
    options = parser.parse_args()
    run = options.run or train(options.epochs)

    model = keras.saving.load_model(run / "model.keras")
    probabilities = np.asarray(model({name: np.array(values) for name, values in PENGUINS.items()}))

    # The order of the classes stands in the run folder.
    program = json.loads((run / "program.json").read_text())["program"]
    classes = program["facts"]["targets"][0]["classes"]
    for row in probabilities:
        print(f"{classes[row.argmax()]:<10} {row.max():.3f}")


def train(epochs: int) -> Path:
    """Train with the command; the last line of its standard output is the run folder."""
    command = ["recipe", "fit", str(SPEC), "--set", f"training.epochs={epochs}"]
    trained = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Path(trained.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
