"""The suite: the end-to-end tests that any account can take, run by Maven against the deployed stack."""

import json
import pathlib
import shutil
import subprocess
import sys
import time
from typing import Any

from acceptance.report import Line, Report, notes, of_junit

ROOT = pathlib.Path(__file__).absolute().parent.parent.parent
REPORTS = ROOT / "target" / "failsafe-reports"
RULES = ("AccountIamRulesIT", "AccountEc2RulesIT")


def maven(*arguments: str) -> list[str]:
    return ["mvn", "-B", "-ntp", *arguments]


def build(log: pathlib.Path) -> None:
    """Builds the artifact and compiles the tests."""
    said = run(maven("package", "-pl", "functions", "-am", "-DskipTests", "-Djacoco.skip=true"), log, {})
    if said:
        raise RuntimeError("mvn package failed:\n" + tail(log))


def is_built() -> bool:
    return (ROOT / "target" / "spawn.zip").exists() and (ROOT / "target" / "test-classes" / "spawn" / "local").exists()


def run(command: list[str], log: pathlib.Path, environment: dict[str, str]) -> int:
    if not shutil.which(command[0]):
        raise RuntimeError(f"{command[0]} is needed and is not on the PATH.")
    with log.open("w") as out:
        return subprocess.run(
            command, check=False, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=environment or None
        ).returncode


def tail(log: pathlib.Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-25:])


def run_tests(target: dict[str, Any], state: pathlib.Path, environment: dict[str, str], report: Report) -> None:
    """Runs the tests that are tagged "account", and adds what came of each to the report.

    `target` is what the tests have to know of the account, as spawn.local.DeployedStack reads it.
    """
    noted = state / "notes.jsonl"
    noted.unlink(missing_ok=True)
    written = state / "target.json"
    module = [sys.executable, "-P", "-m"]
    commands = {"aws": [*module, "awscli"], "credentials": [*module, "acceptance.credentials"]}
    written.write_text(json.dumps({**target, "notes": str(noted), **commands}, indent=1))
    begin = time.time()
    arguments = [
        "-pl",
        "functions",
        "failsafe:integration-test",
        "failsafe:verify",
        "-Dits.only=account",
        "-Dexcluded.its=none",
    ]
    arguments.append(f"-Dspawn.target={written}")
    code = run(maven(*arguments), state / "suite.log", environment)
    files = [file for file in REPORTS.glob("TEST-*.xml") if file.stat().st_mtime >= begin]
    add_results(report, of_junit(files), notes(noted))
    if code and not any(line.outcome == "failed" for line in report.lines):
        report.add("End to end", "the suite", "failed", reason=tail(state / "suite.log"))
    elif not files:
        report.add("End to end", "the suite", "failed", reason="no test was run: " + tail(state / "suite.log"))


def add_results(report: Report, ran: list[Line], noted: list[dict[str, Any]]) -> None:
    """Adds JUnit's results, and what the tests noted: sentences of the rules by their names, times, refused calls."""
    sentences = [note for note in noted if note["kind"] == "sentence"]
    # JUnit numbers these where the notes name them.
    report.lines += [line for line in ran if not (sentences and line.group.startswith("Rules"))]
    for note in sentences:
        report.add(note["group"], note["name"], note["outcome"], float(note.get("seconds", 0)), note.get("reason", ""))
    report.visible += [float(note["seconds"]) for note in noted if note["kind"] == "visible"]
    report.refusals += [note for note in noted if note["kind"] == "refused"]
