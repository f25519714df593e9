"""What CloudFormation gets in each partition, and how local/expanded.py works it out."""

import json
import pathlib
import subprocess
import sys
import unittest

from expanded import chosen, foreign, held, is_true

ROOT = pathlib.Path(__file__).parents[2]


def deployed(region: str, *values: str) -> dict:
    """Returns the template as it is deployed in the region; each in a process of its own."""
    command = [sys.executable, ROOT / "local" / "expanded.py", ROOT / "template.yaml", region, *values]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def functions(template: dict) -> dict[str, dict]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
    }


class EachPartition(unittest.TestCase):
    def check(self, partition: str, template: dict) -> None:
        self.assertEqual([], list(foreign(template["Resources"], partition)))
        self.assertIn(f"arn:{partition}:iam::aws:policy/", json.dumps(template))

    def test_nothing_names_another_partition_and_launches_start_from_snapshots(self) -> None:
        template = deployed("us-east-1")
        self.check("aws", template)
        snapshots = {name for name, properties in functions(template).items() if "SnapStart" in properties}
        on_the_way = ["ResolvePolicies", "EnsureRole", "EnsureProfile"]
        on_the_way += ["WaitForPropagation", "RunInstance", "WaitForInstances"]
        self.assertEqual(set(on_the_way), snapshots)
        self.assertEqual({"Active"}, {p["TracingConfig"]["Mode"] for p in functions(template).values()})

    def test_gov_cloud_gets_no_snapshots(self) -> None:
        template = deployed("us-gov-west-1", "SnapStart=off")
        self.check("aws-us-gov", template)
        self.assertEqual([], [name for name, properties in functions(template).items() if "SnapStart" in properties])

    def test_china_gets_neither_snapshots_nor_traces(self) -> None:
        template = deployed("cn-north-1", "SnapStart=off", "Tracing=off")
        self.check("aws-cn", template)
        self.assertEqual({"PassThrough"}, {p["TracingConfig"]["Mode"] for p in functions(template).values()})
        machines = [r for r in template["Resources"].values() if r["Type"] == "AWS::StepFunctions::StateMachine"]
        self.assertEqual([False] * 4, [m["Properties"]["TracingConfiguration"]["Enabled"] for m in machines])


class TheExpansion(unittest.TestCase):
    def test_what_has_a_condition_is_there_if_it_holds(self) -> None:
        entries = {"a": {"Condition": "Yes", "Type": "T"}, "b": {"Condition": "No", "Type": "T"}, "c": {"Type": "T"}}
        self.assertEqual({"a": {"Type": "T"}, "c": {"Type": "T"}}, held(entries, {"Yes": True, "No": False}))

    def test_an_arn_of_another_partition_is_found(self) -> None:
        template = {"a": [{"b": "arn:aws:states:::x"}, "arn:aws-cn:iam::aws:policy/y", "arn:${AWS::Partition}:s3:::z"]}
        self.assertEqual(["$.a[0].b: arn:aws:states:::x"], list(foreign(template, "aws-cn")))

    def test_parameters_decide_conditions(self) -> None:
        lists = {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Keys"}]}, ""]}]}
        self.assertTrue(is_true(lists, {"Keys": "a,b"}, {}))
        self.assertFalse(is_true(lists, {"Keys": ""}, {}))
        with self.assertRaisesRegex(ValueError, "Fn::Contains"):
            is_true({"Fn::Contains": []}, {}, {})

    def test_a_condition_is_made_of_others(self) -> None:
        whole = {"Fn::Join": [",", {"Ref": "Kinds"}]}
        conditions = {
            "Opens": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Fn::Split": ["snapshot", whole]}]}, whole]}]},
            "Data": {"Fn::Equals": [{"Ref": "Data"}, "yes"]},
        }
        both = [{"Condition": "Opens"}, {"Condition": "Data"}]
        for kinds, data, opens in (
            ("host,snapshot", "yes", 2),
            ("snapshot", "no", 1),
            ("host", "yes", 1),
            ("", "no", 0),
        ):
            parameters = {"Kinds": kinds, "Data": data}
            self.assertEqual(opens == 2, is_true({"Fn::And": both}, parameters, conditions))
            self.assertEqual(opens > 0, is_true({"Fn::Or": both}, parameters, conditions))

    def test_the_side_that_holds_is_taken(self) -> None:
        part = {"Fn::If": ["Yes", {"Fn::If": ["No", 1, [2, {"Ref": "AWS::NoValue"}]]}, 3]}
        self.assertEqual({"a": [2]}, chosen({"a": part, "b": {"Ref": "AWS::NoValue"}}, {"Yes": True, "No": False}))

    def test_constant_lines_are_joined_and_others_are_not(self) -> None:
        self.assertEqual("a\nb", chosen({"Fn::Join": ["\n", ["a", "b"]]}, {}))
        references = {"Fn::Join": [",", ["a", {"Ref": "B"}]]}
        self.assertEqual(references, chosen(references, {}))
