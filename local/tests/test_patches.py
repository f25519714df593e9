"""What the servers replace of moto and ministack still has the form that its replacement is written for."""

import pathlib
import sys
import types
import unittest

import edges.server
import ministack_server
from edges import edge
from patches import Patches


class InstalledLibraries(unittest.TestCase):
    def test_every_patch_of_moto_fits(self) -> None:
        self.assertEqual([], edge.mismatches())

    def test_every_patch_of_ministack_fits(self) -> None:
        self.assertEqual([], ministack_server.patch.mismatches())

    def test_nothing_is_patched_twice(self) -> None:
        targets = [patch.target for patch in [*edge, *ministack_server.patch]]
        self.assertEqual(sorted(set(targets)), sorted(targets))

    def test_every_module_of_edges_registers_with_the_server(self) -> None:
        modules = {f"edges.{path.stem}" for path in pathlib.Path(edges.server.__file__).parent.glob("[!_]*.py")}
        self.assertLessEqual(modules, sys.modules.keys())


def library() -> types.ModuleType:
    """Returns a library with one function and one mapping."""
    made = types.ModuleType("library")
    made.greet = lambda name, times: f"{name} " * times
    made.words = {"yes": "oui"}
    return made


class AnUpgradedLibrary(unittest.TestCase):
    def test_a_function_of_the_form_that_is_expected_is_replaced(self) -> None:
        greetings, patch = library(), Patches("library")
        patch(greetings, "greet", "name times")(lambda original: lambda name, times: original(name.upper(), times))
        patch.add(greetings.words, "no", "non")
        patch.apply()
        self.assertEqual("ADA ADA ", greetings.greet("ada", 2))
        self.assertEqual({"yes": "oui", "no": "non"}, greetings.words)

    def test_a_method_that_is_missing_is_added_and_one_that_is_not_is_named(self) -> None:
        plain, patch = type("Plain", (), {}), Patches("library")
        patch.method(plain, "greet")(lambda _self: "hello")
        self.assertEqual([], patch.mismatches())
        patch.apply()
        self.assertEqual("hello", plain().greet())
        self.assertEqual(["library: Plain.greet exists"], patch.mismatches())

    def test_a_function_that_has_gone_is_named(self) -> None:
        patch = Patches("library")
        patch(library(), "salute", "name")(lambda original: original)
        self.assertEqual(["library: library.salute does not exist"], patch.mismatches())

    def test_other_parameters_are_named(self) -> None:
        patch = Patches("library")
        patch(library(), "greet", "name")(lambda original: original)
        self.assertEqual(["library: library.greet takes (name, times), not (name)"], patch.mismatches())

    def test_a_constructor_that_has_gone_is_named(self) -> None:
        patch = Patches("library")
        patch(type("Plain", (), {}), "__init__", "self name")(lambda original: original)
        self.assertEqual(["library: Plain.__init__ takes (self, args, kwargs), not (self, name)"], patch.mismatches())

    def test_an_entry_that_the_library_has_learnt_is_named(self) -> None:
        patch = Patches("library")
        patch.add(library().words, "yes", "si")
        self.assertEqual(['library: ["yes"] exists'], patch.mismatches())

    def test_nothing_is_replaced_if_one_patch_does_not_fit(self) -> None:
        greetings, patch = library(), Patches("library")
        patch(greetings, "greet", "name times")(lambda _original: lambda _name, _times: "replaced")
        patch(greetings, "salute", "name")(lambda original: original)
        with self.assertRaisesRegex(RuntimeError, "salute does not exist"):
            patch.apply()
        self.assertEqual("ada ", greetings.greet("ada", 1))
