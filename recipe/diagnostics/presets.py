"""R407, R683 and R684: presets of KerasHub."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.wording import listing, without_secrets


class PresetNotRead(Problem):
    """A preset that is not there, or cannot be read."""

    code: ClassVar[str] = "R683"
    why: ClassVar[str] = "the layers of a `Backbone` and the ids of a `tokenizer` are what their preset says"

    preset: str
    is_folder: bool
    reason: str

    @property
    def message(self) -> str:
        return without_secrets(f"the preset `{self.preset}` cannot be read: {self.reason}")

    @property
    def help(self) -> str:
        if self.is_folder:
            return (
                "such a folder is what `save_to_preset` of a KerasHub model writes; a run that began with it "
                "needs it no more: `recipe resume RUN`"
            )
        return "names are those of keras.io/keras_hub/presets; a folder is written with a `/`: `./my_bert`"


class PresetRefused(Problem):
    """A preset that holds something else than a backbone of KerasHub made of its own parts."""

    code: ClassVar[str] = "R684"
    why: ClassVar[str] = (
        "what a preset names is built, so that it may name nothing but classes of Keras and KerasHub without "
        "code, and no file outside of its folder"
    )

    preset: str
    file: str
    found: str

    @property
    def message(self) -> str:
        return without_secrets(f"the preset `{self.preset}` is refused: its `{self.file}` {self.found}")


class OutputNotNamed(Problem):
    """A backbone with several outputs, of which none or an unknown one is named."""

    code: ClassVar[str] = "R407"

    layer: str
    outputs: tuple[str, ...]
    written: str

    @property
    def message(self) -> str:
        if not self.outputs:
            return f"`{self.layer}` has one output, none called `{self.written}`"
        said = f", none called `{self.written}`" if self.written else ""
        return f"`{self.layer}` has the outputs {listing(self.outputs)}{said}"

    @property
    def help(self) -> str:
        return f"write `output: {self.outputs[0]}` beside `preset`" if self.outputs else "remove `output`"
