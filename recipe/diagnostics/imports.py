"""What has to do with `imports`: classes of the user's own modules."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.wording import clipped


class UncheckedClass(Problem):
    """A class of an imported module, of which a check sees only the name."""

    code: ClassVar[str] = "R250"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "a check imports nothing that a spec names, so that a spec stays data"
    bad: ClassVar[str] = "imports: [my_layers]\narchitecture: [Flatten, my_layers.Swish, head]"
    good: ClassVar[str] = "architecture: [Flatten, {Activation: silu}, head]"

    name: str

    @property
    def message(self) -> str:
        return f"`{self.name}` is unchecked: its module is imported when the spec is run, and not before"


class UnusedImport(Problem):
    """A module of `imports` of which no class is named."""

    code: ClassVar[str] = "R251"
    why: ClassVar[str] = "its code would run, and nothing of it would be trained"
    bad: ClassVar[str] = "imports: [my_layers]\narchitecture: [Flatten, head]"
    good: ClassVar[str] = "architecture: [Flatten, head]"

    module: str

    @property
    def message(self) -> str:
        return f"nothing uses the module `{clipped(self.module)}`"

    @property
    def help(self) -> str:
        return f"name a class of it, such as `{clipped(self.module)}.ClassName`, or remove it"


class ImportsNotAllowed(Problem):
    """A spec with code of its own, and nobody who said that this may run."""

    code: ClassVar[str] = "R680"
    why: ClassVar[str] = "a module that is imported can do whatever its user can"

    modules: tuple[str, ...]

    @property
    def message(self) -> str:
        named = ", ".join(f"`{module}`" for module in self.modules)
        return f"`imports` names {named}, and code is imported only with `--allow-imports`"

    @property
    def help(self) -> str:
        return "read the modules, then add `--allow-imports` (in Python: `allow_imports=True`)"


class ImportFailed(Problem):
    """A module of `imports` that is not there, or that breaks off."""

    code: ClassVar[str] = "R681"

    module: str
    error: str
    found: bool

    @property
    def message(self) -> str:
        what = "cannot be imported" if self.found else "was not found"
        return f"the module `{self.module}` {what}: {self.error}"

    @property
    def help(self) -> str:
        if self.found:
            return ""
        return "modules lie where Python finds them, such as in PYTHONPATH, or beside the spec"


class NoRegisteredClass(Problem):
    """A name that is no class of its module that Keras can save, or one of another kind."""

    code: ClassVar[str] = "R682"
    why: ClassVar[str] = "Keras saves and loads a class by the name under which it is registered"

    name: str
    kinds: tuple[str, ...]

    @property
    def message(self) -> str:
        kinds = " or ".join(f"`keras.{kind}`" for kind in self.kinds)
        return f"`{self.name}` must be a class of its module, made from {kinds}, that Keras can save"

    @property
    def help(self) -> str:
        return "decorate it with `@keras.saving.register_keras_serializable()`"
