"""What local/stack.py decides without a server."""

import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
from unittest import mock

import stack


class Folders(unittest.TestCase):
    def test_letters_spaces_brackets_and_quotes_work(self) -> None:
        stack.check_folder(pathlib.Path("""/home/Zoë O'Neil/my [spawn] 100%41 #1, "日本" & `more` *?;\\"""))

    def test_a_character_that_a_tool_does_not_take_is_named(self) -> None:
        for letter in ":$🚀":
            said = io.StringIO()
            with self.subTest(letter), self.assertRaises(SystemExit) as stopped, contextlib.redirect_stderr(said):
                stack.check_folder(pathlib.Path(f"/home/{letter}x/spawn"))
            self.assertEqual(2, stopped.exception.code)
            self.assertIn(f"The path /home/{letter}x/spawn has the character {letter} in it, which", said.getvalue())


class Processes(unittest.TestCase):
    def test_a_process_has_its_arguments_letter_by_letter(self) -> None:
        command = ["cat", "-", "/dev/null", "ünï \udcff '日本'"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as waiting:
            deadline = time.monotonic() + 30
            while not stack.command_of(waiting.pid) and time.monotonic() < deadline:
                time.sleep(0.01)  # the kernel shows no arguments while the program is being loaded
            self.assertEqual(command, stack.command_of(waiting.pid))
            self.assertFalse(stack.has_ended(waiting.pid))
        self.assertEqual([], stack.command_of(waiting.pid))
        self.assertTrue(stack.has_ended(waiting.pid))

    def test_a_process_that_nobody_has_waited_for_has_ended(self) -> None:
        child = subprocess.Popen(["true"])
        deadline = time.monotonic() + 30
        while not stack.has_ended(child.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(pathlib.Path(f"/proc/{child.pid}").exists())
        child.wait()

    def test_a_number_that_another_program_got_does_not_count(self) -> None:
        with tempfile.TemporaryDirectory() as state, mock.patch.object(stack, "STATE", pathlib.Path(state)):
            self.assertIsNone(stack.pid_of("moto"))
            (stack.STATE / "moto.pid").write_text(str(os.getpid()))
            self.assertIsNone(stack.pid_of("moto"))
            with mock.patch.dict(stack.SERVER_COMMANDS, moto=stack.command_of(os.getpid())):
                self.assertEqual(os.getpid(), stack.pid_of("moto"))

    def test_children_are_found_with_theirs(self) -> None:
        with subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE) as shell:
            child = int(shell.stdout.readline())
            self.assertEqual([child], stack.children_of(shell.pid))
            self.assertIn(child, stack.children_of(os.getpid()))
            os.kill(child, 9)


class Tools(unittest.TestCase):
    def without(self, **environment: str) -> str:
        """Returns what is said before the exit with code 2."""
        said = io.StringIO()
        with (
            mock.patch.dict(os.environ, environment),
            contextlib.redirect_stderr(said),
            self.assertRaises(SystemExit) as stopped,
        ):
            stack.check_tools(build=True)
        self.assertEqual(2, stopped.exception.code)
        return said.getvalue()

    def test_a_jdk_is_needed(self) -> None:
        said = self.without(JAVA_HOME="", PATH="/nonexistent")
        self.assertIn("A JDK of version 17 or newer is needed; JAVA_HOME is not set and no javac is on the PATH.", said)

    def test_java_home_has_a_compiler(self) -> None:
        said = self.without(JAVA_HOME="/nonexistent")
        self.assertIn("JAVA_HOME is /nonexistent, and there is no javac in it.", said)

    def test_the_jdk_is_new_enough(self) -> None:
        for printed, named in {"javac 1.8.0_402": "is of version 8", "javac 11.0.2": "is of version 11"}.items():
            with tempfile.TemporaryDirectory() as home:
                compiler = pathlib.Path(home, "bin", "javac")
                compiler.parent.mkdir()
                compiler.write_text(f"#!/bin/sh\necho {printed} >&2\n")
                compiler.chmod(0o755)
                self.assertIn(f"{compiler} {named}", self.without(JAVA_HOME=home))

    def test_maven_is_needed(self) -> None:
        said = self.without(JAVA_HOME=str(stack.java_home()), PATH="/nonexistent")
        self.assertIn("Maven is needed to build; no mvn is on the PATH.", said)
