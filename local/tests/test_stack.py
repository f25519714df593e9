"""What local/stack.py decides without a server."""

import contextlib
import io
import os
import pathlib
import re
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

    def test_without_proc_the_system_is_asked_by_ps(self) -> None:
        with (
            mock.patch.object(stack, "PROC", pathlib.Path("/no/proc")),
            subprocess.Popen(["sleep", "60"]) as waiting,
        ):
            self.assertIn("sleep 60", stack.command_of(waiting.pid))
            self.assertFalse(stack.has_ended(waiting.pid))
            waiting.kill()
            deadline = time.monotonic() + 30
            while not stack.has_ended(waiting.pid) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertTrue(stack.has_ended(waiting.pid))
            waiting.wait()
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


class Sources(unittest.TestCase):
    def test_a_change_an_addition_and_a_removal_are_noticed(self) -> None:
        def add(folder: pathlib.Path) -> None:
            (folder / "b" / "New.java").touch()

        def change(folder: pathlib.Path) -> None:
            (folder / "b" / "c" / "A.java").write_text("class A {}")

        def remove(folder: pathlib.Path) -> None:
            (folder / "b" / "c" / "A.java").unlink()

        for alter in (add, change, remove):
            with tempfile.TemporaryDirectory() as root, mock.patch.object(stack, "ROOT", pathlib.Path(root)):
                folder = pathlib.Path(root, "functions", "src", "main")
                (folder / "b" / "c").mkdir(parents=True)
                pathlib.Path(root, "artifact").mkdir()
                for file in ("pom.xml", "artifact/pom.xml", "functions/pom.xml", "functions/src/main/b/c/A.java"):
                    pathlib.Path(root, file).touch()
                for path in [folder, *folder.rglob("*"), *pathlib.Path(root).rglob("pom.xml")]:
                    os.utime(path, (1_000, 1_000))
                self.assertEqual(1_000, stack.newest(folder))
                alter(folder)
                with self.subTest(alter.__name__):
                    self.assertGreater(stack.newest(folder), 1_000)


class TheQuickBuild(unittest.TestCase):
    def test_the_launcher_builds_as_the_stack_does(self) -> None:
        launcher = (stack.ROOT / "bin" / "spawn").read_text()
        self.assertEqual(stack.QUICKLY, re.search(r"quickly=\((.*)\)", launcher)[1].split())


class Lines(unittest.TestCase):
    def written(self, beside_others: bool) -> list[str]:
        """Returns what is written at once, one after the other, while a step fails."""
        out = mock.Mock(wraps=io.StringIO())
        with (
            mock.patch.object(stack, "BESIDE_OTHERS", beside_others),
            contextlib.redirect_stdout(out),
            contextlib.suppress(stack.Failed),
            stack.step("Doing it"),
        ):
            out.write("|")
            raise stack.Failed
        return [call.args[0] for call in out.write.call_args_list]

    def test_a_step_says_first_what_is_done(self) -> None:
        self.assertEqual([f"  {'Doing it':<58}", "", "|", "failed", "\n"], self.written(beside_others=False))

    def test_beside_others_a_step_says_all_of_it_in_the_end(self) -> None:
        self.assertEqual(["|", f"  {'Doing it':<58}failed", "\n"], self.written(beside_others=True))


class Runtimes(unittest.TestCase):
    def chosen(self, setting: str, native_part: bool) -> str:
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(stack, "RIC", pathlib.Path(folder)),
            mock.patch.dict(os.environ, SPAWN_LOCAL_RUNTIME=setting),
        ):
            if native_part:
                (stack.RIC / stack.NATIVE_PART).touch()
            return stack.runtime()

    def test_the_loop_takes_the_place_of_a_client_without_native_part(self) -> None:
        self.assertEqual("client", self.chosen("", native_part=True))
        self.assertEqual("loop", self.chosen("", native_part=False))
        self.assertEqual("loop", self.chosen("loop", native_part=True))

    def test_a_runtime_that_cannot_run_here_is_refused(self) -> None:
        for setting, native_part in (("client", False), ("python", True)):
            with self.subTest(setting), self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                self.chosen(setting, native_part)


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

    def test_a_jdk_that_says_its_version_is_not_started_for_it(self) -> None:
        for written, version in {"17.0.15": 17, "1.8.0_402": 8, "25": 25, "21-ea": 21}.items():
            with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, JAVA_HOME=home):
                compiler = pathlib.Path(home, "bin", "javac")
                compiler.parent.mkdir()
                compiler.write_text("#!/bin/sh\nexit 1\n")
                compiler.chmod(0o755)
                pathlib.Path(home, "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{written}"\n')
                with self.subTest(written):
                    self.assertEqual(version, stack.version_of_the_jdk())

    def test_maven_is_needed(self) -> None:
        said = self.without(JAVA_HOME=str(stack.java_home()), PATH="/nonexistent")
        self.assertIn("Maven is needed to build; no mvn is on the PATH.", said)
