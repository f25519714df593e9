"""What may be called with a role's temporary keys."""

import json
import unittest
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from edges.sessions import may

ACCOUNT, OTHER = "111122223333", "444455556666"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def role(account: str, name: str, trusted: dict[str, str], boundary: str | None = None) -> Role:
    trust = document({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"})
    return iam_backends[account]["aws"].create_role(
        role_name=name,
        assume_role_policy_document=trust,
        path="/",
        permissions_boundary=boundary,
        description="",
        tags=[],
        max_session_duration="3600",
    )


def session(arn: str) -> AssumedRole:
    return sts_backends[ACCOUNT]["aws"].assume_role("us-east-1", "i-1", arn, "", 3600, "")


class Sessions(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(iam_backends.reset)
        self.role = role(ACCOUNT, "reader", {"Service": "ec2.amazonaws.com"})
        self.role.put_policy(
            "reads", document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"})
        )
        self.session = session(self.role.arn)

    def test_a_role_may_do_what_its_policies_allow(self) -> None:
        self.assertTrue(may(self.session, "s3:GetObject", "arn:aws:s3:::b/key"))
        self.assertFalse(may(self.session, "s3:GetObject", "arn:aws:s3:::another/key"))
        self.assertFalse(may(self.session, "s3:PutObject", "arn:aws:s3:::b/key"))

    def test_who_it_is_needs_no_permission(self) -> None:
        self.assertTrue(may(self.session, "sts:GetCallerIdentity", "*"))

    def test_a_managed_policy_counts(self) -> None:
        backend = iam_backends[ACCOUNT]["aws"]
        text = document({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})
        policy = backend.create_policy("", "/", text, "writes", [])
        backend.attach_role_policy(policy.arn, "reader")

        self.assertTrue(may(self.session, "s3:PutObject", "arn:aws:s3:::b/key"))

    def test_a_boundary_limits(self) -> None:
        text = document({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
        policy = iam_backends[ACCOUNT]["aws"].create_policy("", "/", text, "limit", [])
        limited = role(ACCOUNT, "limited", {"Service": "ec2.amazonaws.com"}, policy.arn)
        limited.put_policy("all", document({"Effect": "Allow", "Action": "*", "Resource": "*"}))

        self.assertTrue(may(session(limited.arn), "sqs:SendMessage", "*"))
        self.assertFalse(may(session(limited.arn), "s3:GetObject", "*"))

    def test_a_role_that_is_gone_may_nothing(self) -> None:
        self.assertFalse(may(session(self.role.arn + "1"), "s3:GetObject", "arn:aws:s3:::b/key"))

    def test_another_accounts_role_is_assumed_only_if_both_sides_agree(self) -> None:
        trusting = role(OTHER, "trusting", {"AWS": self.role.arn})
        other = role(OTHER, "other", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/somebody"})

        self.assertFalse(may(self.session, "sts:AssumeRole", trusting.arn))
        self.role.put_policy("assumes", document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}))
        self.assertTrue(may(self.session, "sts:AssumeRole", trusting.arn))
        self.assertFalse(may(self.session, "sts:AssumeRole", other.arn))
        self.assertFalse(may(self.session, "sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/nobody"))
