"""What the commands have in common: local/env.sh."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).absolute().parent.parent.parent


def after_env(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script after env.sh, as a command that is called by its relative path."""
    return subprocess.run(
        ["bash", "-c", f'. "$(dirname -- local/env.sh)/env.sh"; {script}'],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


class Environment(unittest.TestCase):
    def test_the_root_is_found_whatever_cdpath_says(self) -> None:
        with tempfile.TemporaryDirectory() as elsewhere:
            pathlib.Path(elsewhere, "local").mkdir()
            found = after_env('printf %s "$root"', CDPATH=elsewhere).stdout
        self.assertEqual(ROOT.resolve(), pathlib.Path(found).resolve())

    def test_a_character_set_without_all_letters_is_replaced(self) -> None:
        self.assertEqual("UTF-8\n", after_env("locale charmap", LC_ALL="C").stdout)
        self.assertEqual("UTF-8\n", after_env("locale charmap", LC_ALL="", LC_CTYPE="", LANG="").stdout)

    def test_a_character_set_with_all_letters_stays(self) -> None:
        self.assertEqual("", after_env('printf %s "$LC_ALL"', LC_ALL="", LANG="C.UTF-8").stdout)

    def test_the_users_own_aws_settings_are_put_aside(self) -> None:
        said = after_env("env", AWS_PROFILE="work", AWS_ENDPOINT_URL_S3="https://example.com").stdout
        self.assertNotIn("AWS_PROFILE=", said)
        self.assertNotIn("example.com", said)


class Python(unittest.TestCase):
    def asked(self, version: str | None) -> subprocess.CompletedProcess[str]:
        """Asks for Python where the PATH has one of that version, or none."""
        with tempfile.TemporaryDirectory() as path:
            for program in ("bash", "cut", "dirname", "locale"):
                pathlib.Path(path, program).symlink_to(shutil.which(program))
            if version:
                fake = pathlib.Path(path, "python3")
                answer = "exit 0" if version >= "3.11" else "exit 1"
                fake.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo Python {version} && exit\n{answer}\n')
                fake.chmod(0o755)
            return after_env("need_python", PATH=path)

    def test_python_is_needed(self) -> None:
        asked = self.asked(None)
        self.assertEqual("Python 3.11 or newer is needed; no python3 is on the PATH.\n", asked.stderr)
        self.assertEqual(2, asked.returncode)

    def test_an_older_python_does_not_do(self) -> None:
        asked = self.asked("3.10.14")
        self.assertEqual("Python 3.11 or newer is needed; python3 on the PATH is 3.10.14.\n", asked.stderr)
        self.assertEqual(2, asked.returncode)

    def test_a_newer_python_does(self) -> None:
        self.assertEqual((0, ""), ((asked := self.asked("3.12.1")).returncode, asked.stderr))
