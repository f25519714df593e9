"""The pure functions of local/edges. What calls meet is tested by MotoIamRulesIT and MotoEc2RulesIT."""

import base64
import datetime
import json
import types
import unittest
from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.iam.exceptions import InvalidInput, NotFoundException, ValidationError
from moto.iam.models import IAMBackend
from moto.ssm.models import ssm_backends

from edges.access import calling_function
from edges.account import ACCOUNT
from edges.calls import error_code
from edges.control import Control, control
from edges.ec2 import filter_takes
from edges.events import state_change
from edges.iam import check_shape, iam_model
from edges.last_accessed import service_report, services_of
from edges.run_instances import check_tags, check_token, check_user_data, request_without_token, resolved_image
from edges.simulation import of_principal
from edges.ssm import lets_report
from edges.starts import may_use_keys

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


def grants(effect: str, action: str) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Principals(unittest.TestCase):
    """of_principal collects what decides about a role: its policies and its boundary."""

    def setUp(self) -> None:
        self.backend = IAMBackend("us-east-1", ACCOUNT)
        limit = self.backend.create_policy("", "/", grants("Allow", "s3:*"), "limit", [])
        self.role = self.backend.create_role("reports", TRUST, "/", limit.arn, "", [], "3600")
        self.role.put_policy("reads", grants("Allow", "s3:GetObject"))
        own = self.backend.create_policy("", "/", grants("Allow", "sqs:SendMessage"), "sends", [])
        self.backend.attach_role_policy(own.arn, "reports")

    def decision(self, action: str, **more: Any) -> tuple[str, list[str]]:
        simulator, names = of_principal({"PolicySourceArn": self.role.arn, **more}, self.backend)
        verdict = simulator.decide(action, "*", {})
        return verdict.decision, [names[matched.source] for matched in verdict.matched if matched.source in names]

    def test_a_policy_of_the_role_decides_and_is_called_by_its_name(self) -> None:
        self.assertEqual(("allowed", ["reads"]), self.decision("s3:GetObject"))

    def test_the_boundary_of_the_role_limits_its_policies(self) -> None:
        self.assertEqual(("implicitDeny", []), self.decision("sqs:SendMessage"))

    def test_another_boundary_takes_the_place_of_the_roles(self) -> None:
        other = [grants("Allow", "sqs:*")]
        self.assertEqual(
            ("allowed", ["sends"]), self.decision("sqs:SendMessage", PermissionsBoundaryPolicyInputList=other)
        )

    def test_further_policies_are_added(self) -> None:
        self.assertEqual("explicitDeny", self.decision("s3:GetObject", PolicyInputList=[grants("Deny", "s3:*")])[0])

    def test_only_roles_that_are_there_are_simulated(self) -> None:
        with self.assertRaises(NotFoundException):
            self.decision("s3:GetObject", PolicySourceArn=self.role.arn + "x")
        with self.assertRaises(InvalidInput):
            self.decision("s3:GetObject", PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:root")


class Parameters(unittest.TestCase):
    """check_shape holds a call's parameters against IAM's API model."""

    def check(self, **params: Any) -> None:
        check_shape(iam_model.operation_model("CreateRole").input_shape, params, "")

    def refuses(self, sentence: str, **params: Any) -> None:
        with self.assertRaises(ValidationError) as refused:
            self.check(**params)
        self.assertIn(sentence, refused.exception.message)

    def test_parameters_within_their_bounds_pass(self) -> None:
        tags = [{"Key": "team", "Value": ""}]
        self.check(RoleName="r" * 64, AssumeRolePolicyDocument="{}", Path="/spawn/", MaxSessionDuration=3600, Tags=tags)

    def test_what_is_left_out_passes(self) -> None:
        self.check()

    def test_a_string_has_its_length(self) -> None:
        self.refuses(
            "Value at 'roleName' failed to satisfy constraint: Member must have length less", RoleName="r" * 65
        )
        self.refuses("Member must have length greater than or equal to 1", RoleName="")

    def test_a_string_has_its_characters(self) -> None:
        self.refuses("Value at 'roleName' failed to satisfy constraint: Member must satisfy", RoleName="a role")

    def test_a_number_has_its_bounds(self) -> None:
        self.refuses("'maxSessionDuration' failed to satisfy constraint: Member must have value", MaxSessionDuration=1)
        self.refuses("less than or equal to 43200", MaxSessionDuration=43201)

    def test_a_list_has_its_length(self) -> None:
        tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
        self.refuses("Value at 'tags' failed to satisfy constraint: Member must have length less", Tags=tags)

    def test_the_members_of_a_list_have_their_bounds(self) -> None:
        self.refuses("Value at 'key' failed to satisfy constraint", Tags=[{"Key": "", "Value": "v"}])


class Keys(unittest.TestCase):
    """A volume under a key that launches may not use ends its instance."""

    def launch(self, *keys: str | None) -> dict[str, Any]:
        return {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"KmsKeyId": key}} for key in keys]}

    def test_a_launch_that_names_no_key_needs_none(self) -> None:
        self.assertTrue(may_use_keys({}))
        self.assertTrue(may_use_keys({"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "NoDevice": ""}]}))
        self.assertTrue(may_use_keys(self.launch(None)))

    def test_the_key_of_ebs_may_be_used(self) -> None:
        self.assertTrue(may_use_keys(self.launch("alias/aws/ebs")))

    def test_another_key_may_be_used_only_if_it_is_listed(self) -> None:
        self.addCleanup(control.change, {"keys": []})
        self.assertFalse(may_use_keys(self.launch("alias/aws/ebs", "arn:1")))
        control.change({"keys": ["arn:1"]})
        self.assertTrue(may_use_keys(self.launch("alias/aws/ebs", "arn:1")))
        self.assertFalse(may_use_keys(self.launch("arn:1", "arn:2")))


class Filters(unittest.TestCase):
    def test_a_value_is_taken_as_it_is(self) -> None:
        self.assertTrue(filter_takes("running", ["stopped", "running"]))
        self.assertFalse(filter_takes("running", ["run", "Running"]))
        self.assertFalse(filter_takes("running", []))

    def test_a_star_is_any_text_and_a_question_mark_any_character(self) -> None:
        self.assertTrue(filter_takes("spawn-instance-1", ["spawn-*"]))
        self.assertTrue(filter_takes("spawn-", ["spawn-*"]))
        self.assertTrue(filter_takes("two\nlines", ["two*"]))
        self.assertTrue(filter_takes("i-1", ["i-?"]))
        self.assertFalse(filter_takes("i-", ["i-?"]))

    def test_a_backslash_takes_the_next_character_as_it_is(self) -> None:
        self.assertTrue(filter_takes("a*b?", [r"a\*b\?"]))
        self.assertFalse(filter_takes("axb?", [r"a\*b\?"]))

    def test_other_characters_mean_themselves(self) -> None:
        self.assertTrue(filter_takes("a.(b)+[c]", ["a.(b)+[c]"]))
        self.assertFalse(filter_takes("axc", ["a.c"]))


class Launches(unittest.TestCase):
    def refuses(self, code: str, check: Callable, *arguments: Any) -> None:
        with self.assertRaises(EC2ClientError) as refused:
            check(*arguments)
        self.assertEqual(code, refused.exception.code)

    def test_an_image_id_stands_for_itself(self) -> None:
        self.assertEqual("ami-1", resolved_image("us-east-1", "ami-1"))
        self.assertIsNone(resolved_image("us-east-1", None))

    def test_an_image_parameter_stands_for_what_it_holds(self) -> None:
        parameters = ssm_backends[ACCOUNT]["eu-west-1"]
        parameters.put_parameter("/images/mine", "", "ami-2", "String", "", "", False, [], "text", "Standard", None)
        for image in ("resolve:ssm:/images/mine", "resolve:ssm:/images/mine:1"):
            self.assertEqual("ami-2", resolved_image("eu-west-1", image))

    def test_an_image_parameter_must_exist(self) -> None:
        self.refuses("InvalidParameterValue", resolved_image, "eu-west-1", "resolve:ssm:/images/none")

    def test_a_client_token_is_of_at_most_64_ascii_characters(self) -> None:
        check_token("t" * 64)
        self.refuses("InvalidParameterValue", check_token, "t" * 65)
        self.refuses("InvalidParameterValue", check_token, "tökén")

    def test_user_data_is_base64_of_at_most_16_kilobytes(self) -> None:
        check_user_data(base64.encodebytes(b"x" * 16384).decode())
        self.refuses("InvalidUserData.Malformed", check_user_data, base64.b64encode(b"x" * 16385).decode())
        self.refuses("InvalidParameterValue", check_user_data, "#!/bin/sh")

    def tagged(self, kind: str, *keys: str, **options: Any) -> dict[str, Any]:
        tags = [{"Key": key, "Value": "v"} for key in keys]
        return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}], **options}

    def test_tags_have_their_bounds(self) -> None:
        check_tags(self.tagged("volume", "k" * 128, "a/b"))
        self.refuses("InvalidParameterValue", check_tags, self.tagged("role", "k"))
        self.refuses("InvalidParameterValue", check_tags, self.tagged("instance", "k" * 129))
        self.refuses("InvalidParameterValue", check_tags, self.tagged("instance", "aws:k"))
        self.refuses("TagLimitExceeded", check_tags, self.tagged("instance", *(f"k{n}" for n in range(51))))

    def test_tags_that_the_instance_can_read_have_plain_keys(self) -> None:
        shown = {"MetadataOptions": {"InstanceMetadataTags": "enabled"}}
        check_tags(self.tagged("instance", "a.b", **shown))
        check_tags(self.tagged("volume", "a/b", **shown))
        for key in ("a/b", "a b", ".", "_index"):
            self.refuses("InvalidParameterValue", check_tags, self.tagged("instance", key, **shown))

    def test_a_request_is_the_same_whatever_its_token_and_order(self) -> None:
        one = request_without_token({"ImageId": "ami-1", "MinCount": 1, "ClientToken": "a"})
        self.assertEqual(one, request_without_token({"DryRun": False, "MinCount": 1, "ImageId": "ami-1"}))
        self.assertNotEqual(one, request_without_token({"ImageId": "ami-1", "MinCount": 2, "ClientToken": "a"}))


class Faults(unittest.TestCase):
    def with_fault(self, **fault: Any) -> Control:
        control = Control()
        control.change({"faults": [{"operation": "RunInstances", "code": "Unavailable", **fault}]})
        return control

    def test_a_fault_is_for_one_operation(self) -> None:
        control = self.with_fault()
        self.assertEqual("Unavailable", control.fault("RunInstances", "us-east-1", False)["code"])
        self.assertIsNone(control.fault("DescribeInstances", "us-east-1", False))

    def test_a_fault_is_over_after_its_times(self) -> None:
        control = self.with_fault(times=2)
        met = [control.fault("RunInstances", "us-east-1", False) is not None for _ in range(3)]
        self.assertEqual([True, True, False], met)

    def test_a_fault_is_for_its_region_and_kind_of_call(self) -> None:
        control = self.with_fault(region="eu-west-1", dryRun=False)
        self.assertIsNone(control.fault("RunInstances", "us-east-1", False))
        self.assertIsNone(control.fault("RunInstances", "eu-west-1", True))
        self.assertIsNotNone(control.fault("RunInstances", "eu-west-1", False))

    def test_a_setting_that_does_not_exist_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "no such setting: fault"):
            Control().change({"fault": []})

    def test_settings_that_are_not_named_stay(self) -> None:
        control = self.with_fault()
        control.change({"profileDelay": 3})
        self.assertEqual((3.0, 1), (control.profile_delay, len(control.faults)))


USED = {"s3:GetObject": datetime.datetime(2026, 1, 1), "s3:CreateBucket": datetime.datetime(2026, 1, 2)}


class LastAccessed(unittest.TestCase):
    """Reports of what roles have used."""

    def test_services_are_those_whose_actions_policies_name(self) -> None:
        one = {"Statement": {"Action": "s3:GetObject"}}
        two = {"Statement": [{"Action": ["sqs:*", "sns:Publish"]}, {"NotAction": "iam:*"}]}
        self.assertEqual({"s3", "sqs", "sns"}, services_of([one, two]))
        self.assertEqual({"ec2", "s3", "sqs"}, services_of([{"Statement": {"Action": "*"}}]))

    def test_a_service_that_was_used_names_its_tracked_actions(self) -> None:
        report = service_report("s3", USED, actions=True)
        self.assertEqual(datetime.datetime(2026, 1, 2), report["LastAuthenticated"])
        self.assertEqual(
            {"CreateBucket": True, "DeleteBucket": False, "ListAllMyBuckets": False},
            {each["ActionName"]: "LastAccessedTime" in each for each in report["TrackedActionsLastAccessed"]},
        )

    def test_a_service_that_was_not_names_none(self) -> None:
        self.assertNotIn("LastAuthenticated", service_report("sqs", USED, actions=True))
        self.assertNotIn("TrackedActionsLastAccessed", service_report("s3", USED, actions=False))


class Answers(unittest.TestCase):
    def test_an_error_has_its_code(self) -> None:
        body = "<Response><Errors><Error><Code>DryRunOperation</Code></Error></Errors></Response>"
        self.assertEqual("DryRunOperation", error_code(400, body))
        self.assertEqual("DryRunOperation", error_code(400, body.encode()))

    def test_what_is_no_error_has_none(self) -> None:
        self.assertIsNone(error_code(200, "<Code>in a document</Code>"))
        self.assertIsNone(error_code(500, "out of order"))


class Callers(unittest.TestCase):
    def test_a_function_is_known_by_its_application_id(self) -> None:
        agent = "aws-sdk-java/2.41.28 md/io#sync ua/2.1 os/Linux lang/java#17 app/EnsureRole"
        self.assertEqual("EnsureRole", calling_function(agent))

    def test_others_are_not(self) -> None:
        self.assertIsNone(calling_function("aws-cli/1.46.3 md/awsapp/x"))
        self.assertIsNone(calling_function(""))


class Events(unittest.TestCase):
    def test_an_event_names_the_instance_and_its_state(self) -> None:
        event = json.loads(state_change("eu-west-1", "i-1", "terminated"))
        self.assertEqual({"instance-id": "i-1", "state": "terminated"}, event["detail"])
        self.assertEqual([f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1"], event["resources"])
        self.assertEqual(("aws.ec2", "eu-west-1"), (event["source"], event["region"]))


class Agents(unittest.TestCase):
    """Systems Manager hears of an instance whose role lets its agent report."""

    def role(self, action: str, effect: str = "Allow") -> types.SimpleNamespace:
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return types.SimpleNamespace(policies={"one": document}, managed_policies={})

    def test_a_role_that_grants_the_report_lets_the_agent_in(self) -> None:
        self.assertTrue(lets_report(self.role("ssm:UpdateInstanceInformation")))
        self.assertTrue(lets_report(self.role("ssm:*")))

    def test_another_role_does_not(self) -> None:
        self.assertFalse(lets_report(self.role("s3:GetObject")))
        self.assertFalse(lets_report(self.role("ssm:*", effect="Deny")))
        self.assertFalse(lets_report(types.SimpleNamespace(policies={}, managed_policies={})))
