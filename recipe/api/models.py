"""Keras models as specs."""

from pathlib import Path

from recipe.program.programs import Runtime

PLAIN = Runtime(
    backend="tensorflow",
    precision="float32",
    strategy="single",
    seed=0,
    deterministic=True,
    engine="graph",
)


def from_keras(source: str) -> str:
    """The text of a spec that compiles into a Keras model.

    It holds the architecture and `init`: name it in `extends` of a spec with data, optimizer and training.

    Args:
        source: a `.keras` file, or the name of an application such as `ResNet50`.

    Raises:
        RecipeError: R620 with every layer that a spec cannot say, R621 when the source is no model.
    """
    from recipe.compiler import startup

    startup.start(PLAIN)
    from recipe.compiler.from_keras.reading import open_model, read_model

    return read_model(open_model(source), Path(source).stem).text
