"""What a release consists of: its templates mean what template.yaml means, and the repository may take theirs."""

import json
import pathlib
import re
import tempfile
import unittest
from typing import Any

from samcli.yamlhelper import yaml_parse

import package
import stack
from expanded import expanded

REGION = "us-east-1"
ADDRESS = "https://github.com/someone/spawn"

# Those that the Serverless Application Repository supports, of the template's own types and those that become of them
# (https://docs.aws.amazon.com/serverlessrepo/latest/devguide/list-supported-resources.html).
SUPPORTED = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Serverless::Function",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
}


class ThePackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.template = yaml_parse((stack.ROOT / "template.yaml").read_text())
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        target = pathlib.Path(cls.folder.name)
        root = target / "root"
        (root / "target").mkdir(parents=True)
        for name in ("template.yaml", "statemachine", "README.md", "LICENSE"):
            (root / name).symlink_to(stack.ROOT / name)
        (root / "target" / "spawn.zip").write_bytes(b"code")
        package.write(root, target / "made", ADDRESS)
        cls.made = target / "made"
        cls.plain = json.loads((cls.made / "spawn.template.json").read_text())
        cls.application = json.loads((cls.made / "serverlessrepo.template.json").read_text())

    def test_the_template_in_one_file_deploys_the_same(self) -> None:
        source = expanded(stack.ROOT / "template.yaml", REGION, {})
        self.assertEqual(shown(source), shown(expanded(self.made / "spawn.template.json", REGION, {})))

    def test_it_needs_no_file_but_the_code(self) -> None:
        for made in (self.plain, self.application):
            properties = [resource.get("Properties", {}) for resource in made["Resources"].values()]
            self.assertEqual({"spawn.zip"}, {one["CodeUri"] for one in properties if "CodeUri" in one})
            self.assertFalse([one for one in properties if "DefinitionUri" in one])
        self.assertEqual(b"code", (self.made / "spawn.zip").read_bytes())
        self.assertNotIn(package.APPLICATION, self.plain["Metadata"])

    def test_the_codes_name_stands_for_nothing_else(self) -> None:
        # The Terraform module puts the place of the code wherever the file has the name.
        functions = [r for r in self.plain["Resources"].values() if "CodeUri" in r.get("Properties", {})]
        self.assertEqual(len(functions), (self.made / "spawn.template.json").read_text().count('"spawn.zip"'))

    def test_it_is_the_same_at_every_writing(self) -> None:
        before = (self.made / "spawn.template.json").read_bytes()
        package.write(self.made.parent / "root", self.made)
        self.assertEqual(before, (self.made / "spawn.template.json").read_bytes())

    def test_the_application_has_a_rule_for_the_schedule_and_differs_in_nothing_else(self) -> None:
        plain, application = expanded_types(self.made, "spawn"), expanded_types(self.made, "serverlessrepo")
        self.assertEqual(1, plain.pop("AWS::Scheduler::Schedule"))
        self.assertEqual(plain["AWS::Events::Rule"] + 1, application.pop("AWS::Events::Rule"))
        self.assertEqual(1, application.pop("AWS::Lambda::Permission"))  # to that rule
        self.assertEqual(plain["AWS::IAM::Role"] - 1, application.pop("AWS::IAM::Role"))  # of the schedule
        del plain["AWS::Events::Rule"], plain["AWS::IAM::Role"]
        self.assertEqual(plain, application)

    def test_a_rule_says_what_the_schedule_said(self) -> None:
        event = self.application["Resources"]["AuditRoles"]["Properties"]["Events"]["Weekly"]
        schedule = self.plain["Resources"]["AuditRoles"]["Properties"]["Events"]["Weekly"]["Properties"]
        wanted = {"Schedule": {"Ref": "WeeklyAudit"}, "Input": schedule["Input"]}
        self.assertEqual({"Type": "Schedule", "Properties": wanted}, event)

    def test_the_repository_supports_every_resource(self) -> None:
        of_the_template = {resource["Type"] for resource in self.application["Resources"].values()}
        self.assertEqual(set(), of_the_template - SUPPORTED)
        self.assertEqual(set(), expanded_types(self.made, "serverlessrepo").keys() - SUPPORTED)

    def test_the_metadata_is_what_the_repository_takes(self) -> None:
        # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/
        # serverless-sam-template-publishing-applications-metadata-properties.html
        data = self.application["Metadata"][package.APPLICATION]
        self.assertRegex(data["Name"], r"^[a-zA-Z0-9-]{1,140}$")
        self.assertTrue(1 <= len(data["Description"]) <= 256)
        self.assertRegex(data["Author"], r"^[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?$")
        self.assertTrue(1 <= len(data["Labels"]) <= 10)
        for label in data["Labels"]:
            self.assertRegex(label, r"^[a-zA-Z0-9+\-_:/@]{1,127}$")
        self.assertEqual("Apache-2.0", data["SpdxLicenseId"])
        for key in ("LicenseUrl", "ReadmeUrl"):
            self.assertTrue((self.made / data[key]).is_file(), key)
        self.assertEqual(ADDRESS, data["HomePageUrl"])
        self.assertEqual(f"{ADDRESS}/tree/v{data['SemanticVersion']}", data["SourceCodeUrl"])

    def test_without_an_address_the_application_names_none(self) -> None:
        data = package.for_serverless_repo(self.template)["Metadata"][package.APPLICATION]
        self.assertEqual(set(), {"HomePageUrl", "SourceCodeUrl"} & data.keys())

    def test_no_function_may_change_every_role(self) -> None:
        # The repository refuses to publish what may: https://docs.aws.amazon.com/serverlessrepo/latest/devguide/using-aws-sam.html
        made = expanded(self.made / "serverlessrepo.template.json", REGION, {})
        refused = re.compile(r"iam:(\*|AttachRolePolicy|PutRolePolicy|PassRole)", re.IGNORECASE)
        for name, resource in made["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    actions = statement.get("Action", [])
                    broad = [a for a in ([actions] if isinstance(actions, str) else actions) if refused.fullmatch(a)]
                    if statement["Effect"] == "Allow" and broad:
                        self.assertNotIn(statement.get("Resource"), ("*", ["*"]), name)

    def test_cloudformation_takes_it_from_a_bucket(self) -> None:
        # 1 MB (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html); 450 KB by
        # older documentation, such as that of Terraform's provider.
        for file in ("spawn.template.json", "serverlessrepo.template.json"):
            self.assertLess((self.made / file).stat().st_size, 460_800)
            made = expanded(self.made / file, REGION, {})
            self.assertLess(len(json.dumps(made)), 1_000_000)
            self.assertLess(len(made["Resources"]), 500)


def shown(template: dict[str, Any]) -> dict[str, Any]:
    return {key: template[key] for key in ("Parameters", "Rules", "Resources", "Outputs")}


def expanded_types(folder: pathlib.Path, name: str) -> dict[str, int]:
    """Returns how many resources of each type a template of the package deploys."""
    types: dict[str, int] = {}
    for resource in expanded(folder / f"{name}.template.json", REGION, {})["Resources"].values():
        types[resource["Type"]] = types.get(resource["Type"], 0) + 1
    return types


if __name__ == "__main__":
    unittest.main()
