"""A spec becomes plain Keras objects, and Keras trains them: nothing here needs recipe's own loop.

python examples/compile_and_train.py [--epochs N]
"""

import argparse
from pathlib import Path

import keras

import recipe
from recipe.compiler.batches import Batch

SPEC = Path(__file__).parents[1] / "specs" / "digits-mlp.yaml"


def main() -> None:
    """Compile the spec, look at the model, train and evaluate it with `fit` and `evaluate` of Keras."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30)
    epochs = parser.parse_args().epochs

    # Everything of the spec is there: initialized weights, schedule, loss, metrics.
    compilation = recipe.compile(recipe.load(SPEC, [f"training.epochs={epochs}"]))
    model = compilation.model
    model.summary()
    for part in (compilation.optimizer, compilation.loss, *compilation.metrics):
        print(type(part))

    # The splits hold what is stored; the batch program scales the pixels and smooths the labels.
    def encoded(split: str) -> tuple:
        arrays = compilation.dataset.splits[split]
        stored = Batch(arrays.inputs["input"], arrays.targets["digit"])
        return compilation.compiled.batch(stored, training=False)[:2]

    keras.utils.set_random_seed(1)  # of the order in which `fit` shuffles; the weights have their seeds
    model.fit(*encoded("train"), validation_data=encoded("validation"), epochs=epochs, verbose=2)
    loss, accuracy = model.evaluate(*encoded("test"), verbose=0)
    print(f"test loss {loss:.4f}, test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
