"""What the virtual environments are made of: exactly what local/requirements*.txt list, by hash."""

import re
import unittest

import stack

LISTS = ("requirements", "requirements-lint")


def listed(name: str) -> dict[str, str]:
    """Returns each requirement of a list with all that is said of it."""
    text = (stack.LOCAL / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.split()[0]: line for line in lines}


class Requirements(unittest.TestCase):
    def test_each_has_one_version_and_a_hash(self) -> None:
        for name in LISTS:
            for requirement, line in listed(name).items():
                with self.subTest(requirement):
                    self.assertRegex(line, r"^[\w.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+$")

    def test_what_is_asked_for_is_listed(self) -> None:
        for name in LISTS:
            asked = re.findall(r"^([\w.-]+)\S*(==\S+)", (stack.LOCAL / f"{name}.in").read_text(), re.MULTILINE)
            self.assertTrue(asked)
            for package, version in asked:
                with self.subTest(package):
                    self.assertIn(package + version, listed(name))

    def test_no_list_names_a_registry(self) -> None:
        for name in LISTS:
            self.assertNotRegex((stack.LOCAL / f"{name}.txt").read_text(), r"(?m)^-|://")

    def test_nothing_is_installed_without_its_hash(self) -> None:
        for installer in (stack.LOCAL / "stack.py", stack.ROOT / ".ci" / "lint"):
            self.assertIn("--require-hashes", installer.read_text())


if __name__ == "__main__":
    unittest.main()
