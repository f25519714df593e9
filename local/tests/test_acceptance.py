"""What aws/accept decides without an account: what it says, what it removes, how it counts and reports."""

import contextlib
import copy
import dataclasses
import datetime
import io
import json
import pathlib
import re
import tempfile
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError

from acceptance import __main__ as command
from acceptance import counting, credentials, deployment, suite
from acceptance.launches import Launches
from acceptance.ledger import ATTEMPTS, Ledger
from acceptance.plan import Plan, Second, items, total
from acceptance.report import FAILED, PASSED, SKIPPED, Line, Report, cell, of_junit

NAME = "spawn-accept-0a1b2c"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Anything")


def plan(key: bool = False) -> Plan:
    return Plan(
        name=NAME,
        account="111122223333",
        region="eu-west-1",
        instance_type="t4g.nano",
        instances=40,
        subnet="subnet-1",
        bucket=f"{NAME}-111122223333",
        deployer="accept-deployer-0a1b2c",
        own_role=f"{NAME}-own-role",
        key=key,
        parameters={"PassableRoleArns": "arn"},
    )


class Consent(unittest.TestCase):
    def said(self, *arguments: str) -> tuple[int, str]:
        """Runs the command in an account where every call but a read fails the test."""
        account = mock.Mock(local=False, caller="arn:aws:iam::111122223333:user/me")
        said: list[str] = []
        with (
            mock.patch.object(command, "session_of"),
            mock.patch.object(command, "Account", return_value=account),
            mock.patch.object(command, "planned", return_value=plan()),
            mock.patch.object(command, "prepare") as prepare,
            mock.patch.object(command, "run") as run,
        ):
            run.return_value = Report(lines=[Line("a", "b", PASSED)])
            code = command.main([*arguments, "--report", str(self.folder / "report.md")], said.append)
            self.assertEqual(0 if "--yes" not in arguments else 1, run.call_count)
            self.assertEqual(run.call_count, prepare.call_count)
        self.assertEqual([], account.client.mock_calls)
        return code, "\n".join(said)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_without_yes_it_says_what_it_would_make_and_makes_nothing(self) -> None:
        code, said = self.said()
        self.assertEqual(2, code)
        self.assertIn("In account 111122223333, region eu-west-1, this makes:", said)
        self.assertTrue(said.endswith("Nothing was made. With --yes it is."))

    def test_with_yes_it_says_the_same_first(self) -> None:
        code, said = self.said("--yes")
        self.assertEqual(0, code)
        self.assertIn("In account 111122223333, region eu-west-1, this makes:", said)

    def test_the_root_user_is_told_that_it_cannot(self) -> None:
        account = mock.Mock(local=False, caller="arn:aws:iam::111122223333:root")
        with self.assertRaisesRegex(command.CannotStart, "root user cannot take on a role"):
            command.planned(account, command.options([]))

    def test_instances_are_of_the_cheapest_type_in_a_zone_that_offers_it(self) -> None:
        ec2 = mock.MagicMock()
        ec2.can_paginate.return_value = False
        zones = [{"AvailabilityZone": "a", "SubnetId": "subnet-a"}, {"AvailabilityZone": "b", "SubnetId": "subnet-b"}]
        ec2.describe_subnets.return_value = {"Subnets": zones}
        account = mock.Mock(local=False, region="eu-west-1", client=lambda _: ec2)
        for offers, chosen in (
            ([("t3.nano", "a"), ("t4g.nano", "b")], ("subnet-b", "t4g.nano")),
            ([("t3.nano", "a")], ("subnet-a", "t3.nano")),
        ):
            shown = [{"InstanceType": kind, "Location": zone} for kind, zone in offers]
            ec2.describe_instance_type_offerings.return_value = {"InstanceTypeOfferings": shown}
            self.assertEqual(chosen, command.place(account, None))
        ec2.describe_instance_type_offerings.return_value = {"InstanceTypeOfferings": []}
        with self.assertRaisesRegex(command.CannotStart, "offers t4g.nano or t3.nano"):
            command.place(account, "subnet-a")
        ec2.describe_subnets.return_value = {"Subnets": []}
        with self.assertRaisesRegex(command.CannotStart, "eu-west-1 has no default subnet"):
            command.place(account, None)

    def second(
        self, partition: str, region: str, named: str | None = None, place: object = ("subnet-2", "t3.nano")
    ) -> Second | None:
        """Returns the second stack of an account whose other regions all have, or all lack, a place for it."""
        account = mock.Mock(local=False, partition=partition, region=region)
        given = {"side_effect": place} if isinstance(place, Exception) else {"return_value": place}
        with mock.patch.object(command, "place", **given):
            parameters = {"PassableRoleArns": "arn", "Tracing": "off"}
            return command.second_of(account, named, "bucket", "deployer", parameters)

    def test_the_second_stack_is_in_another_region_of_the_partition(self) -> None:
        for partition, region, elsewhere in (
            ("aws", "us-east-1", "eu-west-1"),
            ("aws", "eu-west-1", "us-east-1"),
            ("aws", "ap-east-2", "eu-west-1"),
            ("aws-cn", "cn-north-1", "cn-northwest-1"),
            ("aws-us-gov", "us-gov-west-1", "us-gov-east-1"),
        ):
            self.assertEqual(elsewhere, self.second(partition, region).region)
        self.assertEqual("us-west-2", self.second("aws", "us-east-1", "us-west-2").region)
        self.assertIsNone(self.second("aws-iso", "us-iso-east-1"))

    def test_the_second_stack_has_a_bucket_and_a_deployer_of_its_own_and_what_its_region_lacks(self) -> None:
        second = self.second("aws", "us-east-1", "ap-southeast-6")
        self.assertEqual(("bucket-2", "deployer-2"), (second.bucket, second.deployer))
        self.assertEqual({"PassableRoleArns": "arn", "SnapStart": "off"}, second.parameters)

    def test_without_a_place_for_it_there_is_no_second_stack_unless_it_was_asked_for(self) -> None:
        nowhere = command.CannotStart("eu-west-1 has no default subnet")
        self.assertIsNone(self.second("aws", "us-east-1", place=nowhere))
        with self.assertRaises(command.CannotStart):
            self.second("aws", "us-east-1", "eu-west-1", place=nowhere)


class Said(unittest.TestCase):
    def test_everything_that_is_made_is_named_with_its_count(self) -> None:
        text = plan(key=True).text()
        for part in (
            f"the stack {NAME} of template.yaml",
            "the role accept-deployer-0a1b2c with docs/deployer-policy.json",
            f"the bucket {NAME}-111122223333",
            "up to 40 instances of t4g.nano, one of them Spot, for minutes in subnet-1",
            "a KMS key for a volume",
            "until KMS deletes it after seven days",
            "AWSServiceRoleForEC2Spot",
            "PassableRoleArns=arn",
        ):
            self.assertIn(part, text)

    def test_without_a_parameter_for_keys_none_is_made(self) -> None:
        self.assertNotIn("KMS", plan().text())

    def test_the_second_stack_is_named_with_its_region(self) -> None:
        second = Second("us-east-1", "t3.nano", "subnet-2", "bucket-2", "deployer-2", {})
        text = dataclasses.replace(plan(), second=second).text()
        self.assertIn(f"a second stack {NAME}, in us-east-1, with a bucket and a deployer of its own", text)
        self.assertIn("bucket-2 and deployer-2", text)
        self.assertNotIn("second stack", plan().text())

    def test_the_sum_is_of_what_is_listed_and_half_as_much_again(self) -> None:
        listed = items(40, key=True)
        self.assertAlmostEqual(sum(item.count * item.dollars for item in listed) * 1.5, total(listed), delta=0.011)
        self.assertGreaterEqual(total(listed), sum(item.cost for item in listed) * 1.5)
        self.assertLess(total(listed), 2)
        self.assertIn(f"It costs at most ${total(listed):.2f}:", plan(key=True).text())

    def test_each_figure_names_where_it_comes_from_or_what_it_assumes(self) -> None:
        for item in items(40, key=True):
            self.assertTrue(item.assumption, item.what)


class Removal(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.journal = pathlib.Path(folder.name) / "made"
        self.removed: list[str] = []
        self.paused: list[float] = []
        self.ledger = Ledger(self.journal, self.paused.append)

    def enter(self, what: str, *failures: BaseException) -> None:
        """Enters a thing whose removal fails first in these ways, one an attempt."""
        waiting = list(failures)

        def remove() -> None:
            if waiting:
                raise waiting.pop(0)
            self.removed.append(what)

        self.ledger.enter(what, remove, f"aws remove {what}")

    def test_what_was_made_last_is_removed_first(self) -> None:
        for what in ("bucket", "stack", "instances"):
            self.enter(what)
        self.assertEqual([], self.ledger.remove_all())
        self.assertEqual(["instances", "stack", "bucket"], self.removed)
        self.assertEqual([], self.paused)

    def test_a_removal_that_fails_is_tried_again_after_ever_longer_pauses(self) -> None:
        self.enter("stack", refusal("Throttling"), ValueError("not yet"))
        self.assertEqual([], self.ledger.remove_all())
        self.assertEqual(["stack"], self.removed)
        self.assertEqual([2.0, 4.0], self.paused)

    def test_what_cannot_be_removed_is_named_with_the_command_and_the_rest_is_removed(self) -> None:
        self.enter("bucket")
        self.enter("stack", *[refusal("AccessDenied")] * ATTEMPTS)
        self.enter("instances")
        (left,) = self.ledger.remove_all()
        self.assertEqual(("stack", "aws remove stack"), (left.what, left.by_hand))
        self.assertIn("AccessDenied", left.reason)
        self.assertEqual(["instances", "bucket"], self.removed)
        self.assertTrue(self.journal.exists())

    def test_the_first_interruption_is_ignored(self) -> None:
        self.enter("bucket")
        self.enter("stack", KeyboardInterrupt())
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual([], self.ledger.remove_all())
        self.assertEqual(["stack", "bucket"], self.removed)
        self.assertIn("interrupt once more to stop", said.getvalue())

    def test_the_second_interruption_ends_it_and_all_that_is_there_is_named(self) -> None:
        self.enter("bucket")
        self.enter("stack", KeyboardInterrupt(), KeyboardInterrupt())
        self.enter("instances")
        with contextlib.redirect_stderr(io.StringIO()):
            left = self.ledger.remove_all()
        self.assertEqual(["stack", "bucket"], [each.what for each in left])
        self.assertEqual(["instances"], self.removed)

    def test_the_journal_names_each_thing_before_it_is_made_and_goes_with_the_last(self) -> None:
        self.enter("stack")
        self.assertEqual("stack: aws remove stack\n", self.journal.read_text())
        self.ledger.remove_all()
        self.assertFalse(self.journal.exists())


class Made(unittest.TestCase):
    """Whatever fails on the way, what was made until then is removed."""

    STEPS = ("make_deployer", "take_on_deployer", "make_bucket", "deploy")
    OF_LAUNCHES = ("stop_executions", "terminate", "remove_stack", "remove_templates", "terminate", "remove_roles")
    OF_THE_STACK = ("remove_retained_policies", "remove_log_groups", "remove_own_role")
    OF_THE_SECOND = (
        *("stop_executions", "terminate", "remove_stack"),
        *("remove_log_groups", "remove_bucket", "remove_deployer"),
    )
    ALL = (*OF_LAUNCHES, *OF_THE_STACK, "remove_bucket", "remove_deployer")

    def run_failing(
        self, failing: str | None, failure: BaseException, wanted: Plan | None = None, time: int = 1
    ) -> tuple[Report, mock.Mock, list[str]]:
        """Runs with one step that fails when it is done for the so many-th time."""
        account = mock.Mock(local=False, id="111122223333", partition="aws", region="eu-west-1")
        acted: list[str] = []

        def acts(name: str) -> Callable[..., Any]:
            def act(*_arguments: object, **_more: object) -> dict[str, str]:
                acted.append(name)
                if name == failing and acted.count(name) == time:
                    raise failure
                return {"LaunchStateMachineArn": "arn"}

            return act

        removals = ("deployer", "bucket", "stack", "retained_policies", "log_groups")
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for step in self.STEPS:
                stack.enter_context(mock.patch.object(deployment.Deployment, step, acts(step)))
            for removal in removals:
                stack.enter_context(
                    mock.patch.object(deployment.Deployment, f"remove_{removal}", acts(f"remove_{removal}"))
                )
            for removal in ("stop_executions", "terminate", "remove_roles", "remove_templates"):
                stack.enter_context(mock.patch.object(Launches, removal, acts(removal)))
            stack.enter_context(mock.patch.object(command, "remove_role", acts("remove_own_role")))
            stack.enter_context(mock.patch.object(command, "facts", return_value={}))
            stack.enter_context(mock.patch.object(counting, "count", return_value={}))
            stack.enter_context(mock.patch.object(counting, "pages", return_value=[]))
            stack.enter_context(mock.patch.object(suite, "run_tests", acts("run_tests")))
            report = command.run(account, wanted or plan(), folder)
            self.assertEqual([], list(folder.glob("*.made")))
        return report, account, acted

    def test_all_of_it_is_removed_and_what_was_made_last_goes_first(self) -> None:
        report, _, acted = self.run_failing(None, ValueError())
        self.assertTrue(report.passed, report.markdown())
        self.assertEqual([*self.ALL], acted[acted.index("run_tests") + 1 :])

    def test_a_step_that_fails_or_is_interrupted_is_removed_with_those_before_it(self) -> None:
        undone = {
            "make_deployer": ["remove_deployer"],
            "take_on_deployer": ["remove_deployer"],
            "make_bucket": ["remove_bucket", "remove_deployer"],
            "deploy": self.ALL,
            "run_tests": self.ALL,
        }
        for step, removals in undone.items():
            for failure in (ValueError("broken"), refusal("AccessDenied"), KeyboardInterrupt()):
                with self.subTest(step, failure=failure):
                    report, _, acted = self.run_failing(step, failure)
                    self.assertFalse(report.passed)
                    self.assertEqual([*removals], acted[acted.index(step) + 1 :])
                    self.assertEqual([], report.left)

    def test_a_second_stack_is_removed_before_the_first_one_however_far_it_came(self) -> None:
        second = Second("us-east-1", "t3.nano", "subnet-2", "bucket-2", "deployer-2", {})
        both = dataclasses.replace(plan(), second=second)
        report, _, acted = self.run_failing(None, ValueError(), both)
        self.assertTrue(report.passed, report.markdown())
        self.assertEqual(2, acted.count("deploy"))
        self.assertEqual([*self.OF_THE_SECOND, *self.ALL], acted[acted.index("run_tests") + 1 :])
        for step in self.STEPS:
            with self.subTest(step):
                report, _, acted = self.run_failing(step, ValueError("broken"), both, time=2)
                self.assertFalse(report.passed)
                last = len(acted) - acted[::-1].index(step)
                self.assertEqual([*self.OF_THE_SECOND, *self.ALL], acted[last:])


class OfOthers(unittest.TestCase):
    """Another spawn of the account is left alone."""

    def test_only_what_lies_under_the_runs_path_or_carries_its_name_is_removed(self) -> None:
        begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        launches = Launches(mock.Mock(), NAME, begin)
        for path, name, made, is_ours in (
            (f"/spawn/{NAME}/eu-west-1/", "report-writer", begin, True),
            (f"/spawn/{NAME}/us-east-1/", "report-writer", begin, True),
            ("/", f"{NAME}-own-role", begin, True),
            ("/spawn/research/eu-west-1/", "report-writer", begin, False),
            ("/spawn/", "spawn-instance-0123abcd", begin, False),
            ("/", f"{NAME}-own-role", begin - datetime.timedelta(seconds=1), False),
        ):
            with self.subTest(path=path, name=name, made=made):
                self.assertEqual(is_ours, launches._is_made_here({"Path": path, "CreateDate": made}, name))

    def test_only_instances_with_its_profiles_or_its_name_are_ended(self) -> None:
        launches = Launches(mock.Mock(), NAME, datetime.datetime.now(datetime.UTC))
        for profile, tag, is_ours in (
            (f"spawn/{NAME}/eu-west-1/20260101T000000000Z/a", "x", True),
            ("spawn/research/eu-west-1/20260101T000000000Z/a", "x", False),
            ("a", f"{NAME}-instance", True),
        ):
            arn = f"arn:aws:iam::111122223333:instance-profile/{profile}"
            instance = {"IamInstanceProfile": {"Arn": arn}, "Tags": [{"Key": "k", "Value": tag}]}
            self.assertEqual(is_ours, launches._is_of_this_run(instance), profile)


class Counting(unittest.TestCase):
    def test_what_is_there_only_afterwards_is_left(self) -> None:
        before: counting.Counts = {"roles": {"a"}, "queues": {"q"}, "keys": set()}
        after: counting.Counts = {"roles": {"a", "c", "b"}, "queues": set(), "keys": set()}
        self.assertEqual({"roles": ["b", "c"]}, counting.added(before, after))

    def test_a_kind_that_cannot_be_listed_is_named_with_the_reason(self) -> None:
        before: counting.Counts = {"roles": {"a"}, "keys": "AccessDenied"}
        after: counting.Counts = {"roles": {"a"}, "keys": {"k"}}
        self.assertEqual({}, counting.added(before, after))
        self.assertEqual({"keys": "AccessDenied"}, counting.unlisted(before, after))

    def test_a_refused_listing_does_not_keep_the_others_from_being_counted(self) -> None:
        def clients(service: str) -> Any:
            client = mock.MagicMock()
            client.can_paginate.return_value = False
            client.list_queues.return_value = {"QueueUrls": ["q"]}
            if service == "iam":
                client.list_roles.side_effect = refusal("AccessDenied")
            return client

        counts = counting.count(clients)
        self.assertEqual({"q"}, counts["queues"])
        self.assertIn("AccessDenied", counts["roles"])

    def test_what_is_left_fails_the_run_and_on_aws_only_what_bears_its_name_counts(self) -> None:
        before: counting.Counts = {"roles": set()}
        after: counting.Counts = {"roles": {f"{NAME}-x", "somebody's"}}
        for local, left in ((True, f"- roles: somebody's, {NAME}-x"), (False, f"- roles: {NAME}-x")):
            report = Report(lines=[Line("a", "b", PASSED)])
            command.compare(report, before, lambda: after, mock.Mock(local=local), NAME, lambda _: None)
            self.assertEqual([left], report.left)
            self.assertFalse(report.passed)

    def test_on_aws_what_a_listing_shows_for_a_while_is_not_left(self) -> None:
        shown = [{"roles": {f"{NAME}-x"}}, {"roles": {f"{NAME}-x"}}, {"roles": set[str]()}]
        paused: list[float] = []
        report = Report(lines=[Line("a", "b", PASSED)])
        command.compare(report, {"roles": set()}, lambda: shown.pop(0), mock.Mock(local=False), NAME, paused.append)
        self.assertEqual([], report.left)
        self.assertEqual([20, 20], paused)

    def test_terminated_instances_and_deleted_stacks_and_keys_are_gone(self) -> None:
        client = mock.MagicMock()
        client.can_paginate.return_value = False
        states = [
            {"InstanceId": "i-1", "State": {"Name": "terminated"}},
            {"InstanceId": "i-2", "State": {"Name": "stopped"}},
        ]
        client.describe_instances.return_value = {"Reservations": [{"Instances": states}]}
        client.list_stacks.return_value = {"StackSummaries": [{"StackName": "s", "StackStatus": "DELETE_COMPLETE"}]}
        client.list_keys.return_value = {"Keys": [{"KeyId": "k"}]}
        client.describe_key.return_value = {"KeyMetadata": {"KeyState": "PendingDeletion"}}
        self.assertEqual({"i-2"}, counting.instances(lambda _: client))
        self.assertEqual(set(), counting.stacks(lambda _: client))
        self.assertEqual(set(), counting.keys(lambda _: client))


class Reports(unittest.TestCase):
    def test_a_run_passes_only_if_something_passed_nothing_failed_and_nothing_is_left(self) -> None:
        passed, failed, skipped = (Line("a", "b", outcome) for outcome in (PASSED, FAILED, SKIPPED))
        self.assertTrue(Report(lines=[passed, skipped]).passed)
        self.assertFalse(Report(lines=[passed, failed]).passed)
        self.assertFalse(Report(lines=[skipped]).passed)
        self.assertFalse(Report(lines=[passed], left=["- a role"]).passed)

    def test_it_shows_each_line_differences_times_request_ids_and_what_is_left(self) -> None:
        report = Report({"region": "eu-west-1"})
        report.add("End to end: LaunchIT", "aPlanMakesNothing", PASSED, 1.25)
        report.add("Rules of IAM", "aRoleHasAtMostFiftyTags", FAILED, 3, "expected LimitExceeded\nbut | was nothing")
        report.add("Deployment", "The key", SKIPPED, reason="there is none")
        report.visible += [2.0, 31.5]
        report.refusals += [
            {"operation": "CreateRole", "code": "EntityAlreadyExists", "requestId": "one"},
            {"operation": "CreateRole", "code": "EntityAlreadyExists", "requestId": "two"},
        ]
        report.left.append("- stack s (denied); by hand: `aws x`")
        text = report.markdown()
        for part in (
            "Not everything passed. 1 passed, 1 failed, 1 skipped.",
            "| region | eu-west-1 |",
            "| aPlanMakesNothing | passed | 1.2 |  |",
            "| The key | skipped | 0.0 | there is none |",
            "- `aRoleHasAtMostFiftyTags`: expected LimitExceeded but \\| was nothing",
            "2 profiles: 2, 31.5. The slowest took 31.5 s.",
            "| CreateRole | EntityAlreadyExists | 2 | two |",
            "- stack s (denied); by hand: `aws x`",
        ):
            self.assertIn(part, text)

    def test_the_accounts_number_is_not_shown(self) -> None:
        report = Report({"role": "arn:aws:iam::111122223333:role/r"}, account="111122223333")
        self.assertIn("arn:aws:iam::<account>:role/r", report.markdown())
        self.assertNotIn("111122223333", report.markdown())

    def test_a_cell_keeps_to_its_length(self) -> None:
        self.assertEqual(300, len(cell("a" * 301)))
        self.assertEqual("a" * 300, cell("a" * 300))

    def test_junits_outcomes_become_lines_and_a_sentence_has_its_own_name(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "TEST-a.xml"
            file.write_text(
                '<testsuite><testcase name="a" classname="spawn.local.LaunchIT" time="1.5"/>'
                '<testcase name="b" classname="spawn.local.LaunchIT"><failure message="no">at x</failure></testcase>'
                '<testcase name="c" classname="spawn.local.LaunchIT"><skipped message="none here"/></testcase>'
                '<testcase name="holds()[1]" classname="spawn.aws.AccountIamRulesIT"/></testsuite>'
            )
            ran = of_junit([file])
        self.assertEqual([PASSED, FAILED, SKIPPED, PASSED], [line.outcome for line in ran])
        self.assertEqual(["", "no", "none here", ""], [line.reason for line in ran])
        report = Report()
        sentence = {"kind": "sentence", "group": "Rules of IAM", "name": "datesAreWholeSeconds", "outcome": PASSED}
        suite.add_results(report, ran, [sentence, {"kind": "refused", "operation": "A", "code": "B", "requestId": "C"}])
        self.assertEqual(["a", "b", "c", "datesAreWholeSeconds"], [line.name for line in report.lines])
        self.assertEqual(1, len(report.refusals))


class CallersCredentials(unittest.TestCase):
    def test_they_are_printed_as_sdks_ask_for_them_and_end_soon(self) -> None:
        now = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
        for token in (None, "t"):
            session = boto3.Session("key", "secret", token, "eu-west-1")
            answer = json.loads(credentials.printed(session, now))
            self.assertEqual(("key", "secret"), (answer["AccessKeyId"], answer["SecretAccessKey"]))
            self.assertEqual(token, answer.get("SessionToken"))
            self.assertEqual((1, "2026-11-25T12:05:00Z"), (answer["Version"], answer["Expiration"]))


class Deploying(unittest.TestCase):
    def test_the_documented_policy_becomes_that_of_the_run(self) -> None:
        text = (deployment.ROOT / "docs" / "deployer-policy.json").read_text()
        policy = deployment.deployer_policy(text, NAME, "111122223333", "aws-cn", "a-bucket")
        self.assertLess(len(policy), 10_240)
        resources = [r for s in json.loads(policy)["Statement"] for r in s["Resource"]]
        self.assertIn(f"arn:aws-cn:cloudformation:*:111122223333:stack/{NAME}/*", resources)
        self.assertIn(f"arn:aws-cn:lambda:*:111122223333:function:{NAME}-*", resources)
        self.assertIn(f"arn:aws-cn:logs:*:111122223333:log-group:/aws/vendedlogs/states/{NAME}-*", resources)
        self.assertIn("arn:aws-cn:s3:::a-bucket/*", resources)
        own = policy.replace(NAME, "")
        for foreign in ("arn:aws:", "123456789012", "spawn-", "/spawn/"):
            self.assertNotIn(foreign, own)

    def test_the_template_differs_in_its_waits_only(self) -> None:
        for local in (True, False):
            original = deployment.read_template()
            changed = deployment.shortened(copy.deepcopy(original), local, pathlib.Path("/there"))
            variables = changed["Globals"]["Function"]["Environment"]["Variables"]
            for name in deployment.LOCAL_WAITS if local else deployment.WAITS_ON_AWS:
                self.assertTrue(variables.pop(name).startswith("PT"))
            for resource, is_now in changed["Resources"].items():
                was = original["Resources"][resource]
                differing = {k for k, v in is_now.get("Properties", {}).items() if v != was["Properties"].get(k)}
                self.assertLessEqual(differing, {"CodeUri", "DefinitionUri", "Events", "VisibilityTimeout"}, resource)
            changed["Resources"] = original["Resources"]
            self.assertEqual(original, changed)

    def test_on_aws_messages_come_again_no_sooner_than_lambda_takes(self) -> None:
        changed = deployment.shortened(deployment.read_template(), False, pathlib.Path("/there"))
        timeout = changed["Resources"]["CleanupUnusedRoles"]["Properties"]["Timeout"]
        self.assertGreaterEqual(changed["Resources"]["TerminationQueue"]["Properties"]["VisibilityTimeout"], timeout)

    def test_the_boundaries_that_the_stack_keeps_are_deleted_with_their_versions_and_no_other_policy(self) -> None:
        iam = mock.MagicMock()
        iam.can_paginate.return_value = False
        kept, other = ({"PolicyName": name, "Arn": f"arn:{name}"} for name in (f"{NAME}-InstanceBoundary-1", "other"))
        iam.list_policies.return_value = {"Policies": [other, kept]}
        versions = [{"VersionId": "v2", "IsDefaultVersion": True}, {"VersionId": "v1", "IsDefaultVersion": False}]
        iam.list_policy_versions.return_value = {"Versions": versions}
        account = mock.Mock(iam_of_stacks=iam)
        deployment.Deployment(account, NAME, "b", "d", "x", pathlib.Path()).remove_retained_policies()
        iam.delete_policy_version.assert_called_once_with(PolicyArn=kept["Arn"], VersionId="v1")
        iam.delete_policy.assert_called_once_with(PolicyArn=kept["Arn"])

    def test_what_is_gone_already_is_no_failure(self) -> None:
        iam = mock.MagicMock()
        iam.can_paginate.return_value = False
        iam.list_instance_profiles_for_role.side_effect = refusal("NoSuchEntity")
        iam.get_instance_profile.side_effect = refusal("NoSuchEntity")
        deployment.remove_role(iam, "gone")
        deployment.remove_profile(iam, "gone")
        iam.list_instance_profiles_for_role.side_effect = refusal("AccessDenied")
        with self.assertRaises(ClientError):
            deployment.remove_role(iam, "kept")


class Regions(unittest.TestCase):
    def test_what_a_region_lacks_is_switched_off_as_the_readme_says(self) -> None:
        readme = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
        table = readme.split("| Region | `SnapStart` | `Tracing` |")[1].split("\n\n")[0]
        told = {}
        for _, regions, *settings, _ in (row.split("|") for row in table.strip().splitlines()[1:]):
            off = {n: "off" for n, said in zip(("SnapStart", "Tracing"), settings, strict=True) if "off" in said[:5]}
            for region in re.findall("`([a-z0-9-]+[*]?)`", regions):
                told[region.replace("*", "somewhere-1")] = off
        self.assertEqual(4, len(told))
        for region, off in told.items():
            self.assertEqual(off, command.switched_off(region), region)
        self.assertEqual({}, command.switched_off("ap-east-1"))
