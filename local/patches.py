"""What a server replaces of a library, in one list, each with the parameters that its replacement is written for.

An upgrade of the library that renames one of them or changes its parameters is refused when the server starts, and by
the tests in local/tests.
"""

import dataclasses
import inspect
import types
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Replacement:
    """A function or method of the library, and the function that takes it and returns what stands in for it."""

    owner: type | types.ModuleType
    name: str
    parameters: tuple[str, ...]
    wrap: Callable[[Callable], Callable]

    @property
    def target(self) -> str:
        return f"{self.owner.__name__}.{self.name}"

    def mismatch(self) -> str | None:
        """Returns what keeps the replacement from standing in for the original, or None."""
        original = getattr(self.owner, self.name, None)
        if original is None:
            return f"{self.target} does not exist"
        found = tuple(inspect.signature(original).parameters)
        if found != self.parameters:
            return f"{self.target} takes ({', '.join(found)}), not ({', '.join(self.parameters)})"
        return None

    def apply(self) -> None:
        setattr(self.owner, self.name, self.wrap(getattr(self.owner, self.name)))


@dataclasses.dataclass(frozen=True)
class Addition:
    """An entry that the library's mapping lacks."""

    mapping: MutableMapping[str, Any]
    key: str
    value: Any

    @property
    def target(self) -> str:
        return f'["{self.key}"]'

    def mismatch(self) -> str | None:
        """Returns what makes the addition needless, or None."""
        return f"{self.target} exists" if self.key in self.mapping else None

    def apply(self) -> None:
        self.mapping[self.key] = self.value


@dataclasses.dataclass(frozen=True)
class Method:
    """A method that a class of the library lacks."""

    owner: type
    name: str
    function: Callable

    @property
    def target(self) -> str:
        return f"{self.owner.__name__}.{self.name}"

    def mismatch(self) -> str | None:
        """Returns what makes the method needless, or None."""
        return f"{self.target} exists" if hasattr(self.owner, self.name) else None

    def apply(self) -> None:
        setattr(self.owner, self.name, self.function)


class Patches:
    """All patches of one library."""

    def __init__(self, library: str) -> None:
        self.library = library
        self._patches: list[Replacement | Addition | Method] = []

    def __call__(self, owner: type | types.ModuleType, name: str, parameters: str) -> Callable[[Callable], Callable]:
        """Registers the decorated function, which takes the original and returns its replacement.

        `parameters` are the names of the original's parameters, separated by spaces.
        """

        def register(wrap: Callable[[Callable], Callable]) -> Callable[[Callable], Callable]:
            self._patches.append(Replacement(owner, name, tuple(parameters.split()), wrap))
            return wrap

        return register

    def add(self, mapping: MutableMapping[str, Any], key: str, value: Any) -> None:
        """Registers an entry that the library's mapping lacks."""
        self._patches.append(Addition(mapping, key, value))

    def method(self, owner: type, name: str) -> Callable[[Callable], Callable]:
        """Registers the decorated function as a method that the library's class lacks."""

        def register(function: Callable) -> Callable:
            self._patches.append(Method(owner, name, function))
            return function

        return register

    def __iter__(self) -> Iterator[Replacement | Addition | Method]:
        return iter(self._patches)

    def mismatches(self) -> list[str]:
        """Returns a sentence for each patch that does not fit the installed library."""
        return [f"{self.library}: {wrong}" for wrong in (patch.mismatch() for patch in self) if wrong]

    def apply(self) -> None:
        """Applies every patch, or none: raises RuntimeError if one does not fit."""
        wrong = self.mismatches()
        if wrong:
            raise RuntimeError("\n".join(wrong))
        for patch in self:
            patch.apply()
