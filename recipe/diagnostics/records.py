"""Frozen records that cost nothing to define: there are hundreds of problems, and a check takes a blink."""

from typing import Any, ClassVar, dataclass_transform, get_origin


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen record of its annotated fields, like a frozen dataclass.

    `@dataclass` compiles the source of each class's methods, about half a millisecond a class; here
    all classes share these methods.
    """

    __facts__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = vars(cls).get("__annotations__", {})
        names = (name for name, kind in own.items() if get_origin(kind) is not ClassVar)
        cls.__facts__ = tuple(dict.fromkeys((*cls.__facts__, *names)))

    def __init__(self, *given: Any, **named: Any):
        names = self.__facts__
        facts = dict(zip(names, given, strict=False)) | named
        wrong = [name for name in facts if name not in names]
        missing = [name for name in names if name not in facts and not hasattr(type(self), name)]
        if wrong or missing or len(facts) < len(given) + len(named):
            takes = f"{type(self).__name__} takes {', '.join(names)}"
            raise TypeError(f"{takes}. Received: {given}, {named}")
        vars(self).update(facts)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {type(self).__name__} does not change")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} does not change")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((type(self), self._facts()))

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__facts__)
        return f"{type(self).__name__}({facts})"

    def _facts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__facts__)
