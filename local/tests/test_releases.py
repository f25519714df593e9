"""What a release rests on: one version everywhere, actions and tools that cannot change, and a changelog in form."""

import datetime
import json
import re
import unittest
import xml.etree.ElementTree as ET
from typing import Any

import yaml
from samcli.yamlhelper import yaml_parse

import stack

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")  # https://semver.org
WORKFLOWS = sorted((stack.ROOT / ".github" / "workflows").glob("*.yml"))
LISTS_OF_VERSIONS = {"maven": "pom.xml", "pip": "requirements.txt", "npm": "package-lock.json", "gomod": "go.mod"}
POM = "{http://maven.apache.org/POM/4.0.0}"


def of_the_pom() -> str:
    return ET.parse(stack.ROOT / "pom.xml").getroot().findtext(f"{POM}version") or ""


class TheVersion(unittest.TestCase):
    def test_it_is_semantic(self) -> None:
        self.assertIsNotNone(VERSION.fullmatch(of_the_pom()), of_the_pom())

    def test_the_modules_have_it(self) -> None:
        modules = ET.parse(stack.ROOT / "pom.xml").getroot().findall(f"{POM}modules/{POM}module")
        for module in modules:
            pom = ET.parse(stack.ROOT / (module.text or "") / "pom.xml").getroot()
            with self.subTest(module.text):
                self.assertEqual(of_the_pom(), pom.findtext(f"{POM}parent/{POM}version"))
                self.assertIn(pom.findtext(f"{POM}version"), (None, of_the_pom()))

    def test_the_template_says_it_to_the_serverless_application_repository_and_to_those_who_ask_the_stack(self) -> None:
        template = yaml_parse((stack.ROOT / "template.yaml").read_text())
        self.assertEqual(of_the_pom(), template["Metadata"]["AWS::ServerlessRepo::Application"]["SemanticVersion"])
        self.assertEqual(of_the_pom(), template["Outputs"]["Version"]["Value"])

    def test_the_construct_for_cdk_has_it(self) -> None:
        for file in ("package.json", "package-lock.json"):
            self.assertEqual(of_the_pom(), json.loads((stack.ROOT / "cdk" / file).read_text())["version"], file)

    def test_what_people_copy_out_of_the_guides_has_it(self) -> None:
        for guide in ("install.md", "doctor.md"):
            text = (stack.ROOT / "docs" / guide).read_text()
            named = re.findall(r"(?:/?spawn-|\?ref=v|--semantic-version |version +)(\d+\.\d+\.\d+[0-9A-Za-z.-]*)", text)
            self.assertEqual({of_the_pom()}, set(named), guide)


class TheChangelog(unittest.TestCase):
    """Its form: https://keepachangelog.com/en/1.1.0/"""

    def setUp(self) -> None:
        self.text = (stack.ROOT / "CHANGELOG.md").read_text()
        self.sections = re.findall(r"^## (.+)$", self.text, re.MULTILINE)

    def test_what_is_not_released_comes_first(self) -> None:
        self.assertEqual("Unreleased", self.sections[0])

    def test_each_version_has_its_day_and_the_newest_is_first(self) -> None:
        versions = []
        for section in self.sections[1:]:
            match = re.fullmatch(r"\[([^]]+)] - (\d{4}-\d{2}-\d{2})", section)
            self.assertIsNotNone(match, section)
            self.assertIsNotNone(VERSION.fullmatch(match[1]), section)
            datetime.date.fromisoformat(match[2])
            versions.append(tuple(int(part) for part in match[1].split("-")[0].split(".")))
        self.assertEqual(sorted(versions, reverse=True), versions)
        newest = tuple(int(part) for part in of_the_pom().split("-")[0].split("."))
        self.assertLessEqual(max(versions, default=newest), newest)

    def test_groups_are_those_of_the_form(self) -> None:
        groups = set(re.findall(r"^### (.+)$", self.text, re.MULTILINE))
        self.assertLessEqual(groups, {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"})


class TheWorkflows(unittest.TestCase):
    def test_each_action_is_a_commit_that_says_its_version(self) -> None:
        self.assertTrue(WORKFLOWS)
        for workflow in WORKFLOWS:
            for action in re.findall(r"uses: *(.+)$", workflow.read_text(), re.MULTILINE):
                with self.subTest(f"{workflow.name}: {action}"):
                    self.assertRegex(action, r"^(\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)( # .*)?$")

    def test_an_action_has_one_commit(self) -> None:
        commits: dict[str, set[str]] = {}
        for workflow in WORKFLOWS:
            for name, commit in re.findall(r"uses: *([\w./-]+)@(.+)$", workflow.read_text(), re.MULTILINE):
                commits.setdefault(name, set()).add(commit)
        self.assertEqual([], [name for name, several in commits.items() if len(several) > 1])

    def test_none_may_write_but_the_job_that_publishes(self) -> None:
        for workflow in WORKFLOWS:
            read = yaml.safe_load(workflow.read_text())
            self.assertIn(read["permissions"], ({}, {"contents": "read"}), workflow.name)
            for name, job in read["jobs"].items():
                writes = [scope for scope, access in job.get("permissions", {}).items() if access == "write"]
                self.assertTrue(not writes or (workflow.name, name) == ("release.yml", "publish"), name)

    def test_what_publishes_runs_nothing_of_this_repository(self) -> None:
        release = yaml.safe_load((stack.ROOT / ".github" / "workflows" / "release.yml").read_text())
        publish = release["jobs"]["publish"]
        self.assertEqual(["gate", "build"], publish["needs"])
        self.assertFalse([step for step in publish["steps"] if "checkout" in step.get("uses", "")])


class Dependabot(unittest.TestCase):
    def test_every_list_of_versions_is_looked_at(self) -> None:
        updates = yaml.safe_load((stack.ROOT / ".github" / "dependabot.yml").read_text())["updates"]
        looked_at: dict[str, set[str]] = {}
        for update in updates:
            folders = update.get("directories") or [update["directory"]]
            looked_at[update["package-ecosystem"]] = {folder.strip("/") for folder in folders}
        for ecosystem, file in LISTS_OF_VERSIONS.items():
            with self.subTest(ecosystem):
                self.assertEqual(folders_with(file) - modules(), looked_at[ecosystem])
        self.assertIn("github-actions", looked_at)


def folders_with(file: str) -> set[str]:
    """Returns the folders of the project, up to two levels down, that have the file."""
    left_out = {".local", "target", ".git"}
    found = [p for depth in ("", "*/", "*/*/") for p in stack.ROOT.glob(depth + file)]
    folders = [path.parent.relative_to(stack.ROOT) for path in found]
    return {
        "" if str(f) == "." else str(f)
        for f in folders
        if not left_out & set(f.parts) and "node_modules" not in f.parts
    }


def modules() -> set[str]:
    """Returns the modules of the pom at the root, which are read with it."""
    return {m.text or "" for m in ET.parse(stack.ROOT / "pom.xml").getroot().findall(f"{POM}modules/{POM}module")}


class TheWrapper(unittest.TestCase):
    def test_it_takes_one_version_of_maven_with_its_hash(self) -> None:
        lines = (stack.ROOT / ".mvn" / "wrapper" / "maven-wrapper.properties").read_text().splitlines()
        properties: dict[str, Any] = dict(line.split("=", 1) for line in lines if "=" in line)
        self.assertEqual("only-script", properties["distributionType"])
        self.assertRegex(properties["distributionUrl"], r"^https://.+/apache-maven-\d+\.\d+\.\d+-bin\.zip$")
        self.assertRegex(properties["distributionSha256Sum"], r"^[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
