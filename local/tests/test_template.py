"""What local/template.py changes of the template, and what not."""

import pathlib
import unittest

from template import localized

FOLDER, BUNDLE = pathlib.Path("/spa ce/spawn"), pathlib.Path("/spa ce/state/bundle.zip")


class TheLocalTemplate(unittest.TestCase):
    def test_functions_run_from_the_bundle_by_their_own_bootstrap(self) -> None:
        function = {"Handler": "spawn.EnsureRole", "SnapStart": {"ApplyOn": "PublishedVersions"}, "MemorySize": 512}
        made = localized(
            {
                "Globals": {"Function": {"Runtime": "java17", "CodeUri": "target/spawn.zip"}},
                "Resources": {"EnsureRole": {"Type": "AWS::Serverless::Function", "Properties": function}},
            },
            FOLDER,
            BUNDLE,
        )
        shared = {"Runtime": "provided.al2023", "CodeUri": "/spa ce/state/bundle.zip"}
        self.assertEqual(shared, made["Globals"]["Function"])
        properties = made["Resources"]["EnsureRole"]["Properties"]
        self.assertEqual({"Handler": "spawn.EnsureRole", "MemorySize": 512}, properties)

    def test_paths_become_absolute(self) -> None:
        machine = {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": "statemachine/a.json"}}
        made = localized({"Resources": {"Machine": machine}}, FOLDER, BUNDLE)
        uri = made["Resources"]["Machine"]["Properties"]["DefinitionUri"]
        self.assertEqual("/spa ce/spawn/statemachine/a.json", uri)

    def test_the_files_that_the_metadata_names_are_found(self) -> None:
        application = {"Name": "spawn", "LicenseUrl": "LICENSE", "ReadmeUrl": "README.md"}
        made = localized(
            {"Metadata": {"AWS::ServerlessRepo::Application": application}, "Resources": {}}, FOLDER, BUNDLE
        )
        wanted = {"Name": "spawn", "LicenseUrl": "/spa ce/spawn/LICENSE", "ReadmeUrl": "/spa ce/spawn/README.md"}
        self.assertEqual(wanted, made["Metadata"]["AWS::ServerlessRepo::Application"])

    def test_an_alarm_on_several_metrics_watches_the_first(self) -> None:
        metric = {"Namespace": "spawn", "MetricName": "Failures"}
        queries = [
            {"Id": "e", "Expression": "a-b"},
            {"Id": "a", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 300}},
            {"Id": "b", "MetricStat": {"Metric": {}, "Stat": "Sum", "Period": 300}},
        ]
        alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": queries, "Threshold": 1}}
        made = localized({"Resources": {"Alarm": alarm}}, FOLDER, BUNDLE)
        expected = {"Threshold": 1, "Statistic": "Sum", "Period": 300, **metric}
        self.assertEqual(expected, made["Resources"]["Alarm"]["Properties"])
