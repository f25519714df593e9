"""The report to send in: what was tried, where, and what came of it."""

import dataclasses
import json
import pathlib
import xml.etree.ElementTree as ElementTree
from typing import Any

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass(frozen=True)
class Line:
    """One thing that was tried, or was not: then `reason` says why."""

    group: str
    name: str
    outcome: str
    seconds: float = 0
    reason: str = ""


@dataclasses.dataclass
class Report:
    """What is known of a run; `facts` are its versions, place and date, `account` the number that is not shown."""

    facts: dict[str, str] = dataclasses.field(default_factory=dict)
    account: str = ""
    lines: list[Line] = dataclasses.field(default_factory=list)
    visible: list[float] = dataclasses.field(default_factory=list)
    refusals: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    left: list[str] = dataclasses.field(default_factory=list)
    counted: list[str] = dataclasses.field(default_factory=list)

    def add(self, group: str, name: str, outcome: str, seconds: float = 0, reason: str = "") -> None:
        self.lines.append(Line(group, name, outcome, seconds, reason))

    @property
    def passed(self) -> bool:
        """Whether something passed, nothing failed, and nothing is left."""
        outcomes = {line.outcome for line in self.lines}
        return PASSED in outcomes and FAILED not in outcomes and not self.left

    def markdown(self) -> str:
        outcomes = [line.outcome for line in self.lines]
        figures = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in (PASSED, FAILED, SKIPPED))
        verdict = "Everything that was tried passed, and nothing is left." if self.passed else "Not everything passed."
        parts = ["# Acceptance of spawn", "", f"{verdict} {figures}.", ""]
        parts += table(["", ""], [[key, value] for key, value in self.facts.items()])
        for group in dict.fromkeys(line.group for line in self.lines):
            parts += ["", f"## {group}", ""]
            rows = [[at.name, at.outcome, f"{at.seconds:.1f}", at.reason] for at in self.lines if at.group == group]
            parts += table(["what", "outcome", "seconds", "reason"], rows)
        parts += ["", "## Differences to the simulation", ""]
        differing = [line for line in self.lines if line.outcome == FAILED and line.group.startswith("Rules")]
        parts += [f"- `{line.name}`: {cell(line.reason)}" for line in differing] or ["None was found."]
        parts += ["", "## Seconds until EC2 saw a new profile", "", self._visible()]
        parts += ["", "## Calls that were refused", ""]
        rows = self._refused()
        parts += table(["operation", "code", "times", "request id of the last"], rows) if rows else ["None."]
        parts += ["", "## What is left", "", *(self.left or ["Nothing."]), "", *self.counted, ""]
        text = "\n".join(parts)
        return text.replace(self.account, "<account>") if self.account else text

    def _refused(self) -> list[list[str]]:
        """Most refusals are what a test expects; that of a test that failed is in the reason, with its request id."""
        kinds: dict[tuple[str, str], list[str]] = {}
        for refusal in self.refusals:
            kinds.setdefault((refusal["operation"], refusal["code"]), []).append(str(refusal.get("requestId")))
        return [[operation, code, str(len(ids)), ids[-1]] for (operation, code), ids in sorted(kinds.items())]

    def _visible(self) -> str:
        if not self.visible:
            return "None was measured."
        shown = ", ".join(f"{seconds:g}" for seconds in self.visible)
        return f"{len(self.visible)} profiles: {shown}. The slowest took {max(self.visible):g} s."


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Returns the lines of a table in Markdown; a cell keeps to one line of at most 300 characters."""
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(cell(text) for text in row)} |" for row in rows),
    ]


def cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    return flat if len(flat) <= 300 else flat[:299] + "…"


GROUPS = {"AccountIamRulesIT": "Rules of IAM", "AccountEc2RulesIT": "Rules of EC2"}


def of_junit(files: list[pathlib.Path]) -> list[Line]:
    """Returns a line for each test in JUnit's reports."""
    lines = []
    for file in sorted(files):
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            source = (case.get("classname") or "").rpartition(".")[2]
            outcome, reason = PASSED, ""
            for tag, meant in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
                element = case.find(tag)
                if element is not None:
                    outcome, reason = meant, element.get("message") or (element.text or "").strip().split("\n")[0]
                    reason = reason.removeprefix("org.opentest4j.TestAbortedException: Assumption failed: ")
            group = GROUPS.get(source, f"End to end: {source}")
            lines.append(Line(group, case.get("name") or "", outcome, float(case.get("time") or 0), reason))
    return lines


def notes(file: pathlib.Path) -> list[dict[str, Any]]:
    """Returns what the tests have noted, one JSON object a line."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
