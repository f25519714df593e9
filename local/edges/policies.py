"""Managed policies that CloudFormation has made: they are on the server that has CloudFormation, and roles are here."""

import json
from collections.abc import Callable

import botocore.exceptions
import botocore.session
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, ManagedPolicy

from edges import edge

# The endpoint of the server that has them, if there is one.
elsewhere: list[str] = []


@edge(IAMBackend, "get_policy", "self policy_arn")
def get_policy(moto_get: Callable) -> Callable:
    """A policy is found wherever it was made: in AWS there is one IAM.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html"""

    def get(backend, policy_arn):
        try:
            return moto_get(backend, policy_arn)
        except NotFoundException:
            if policy := of_cloudformation(backend, policy_arn):
                return policy
            raise

    return get


def of_cloudformation(backend: IAMBackend, arn: str) -> ManagedPolicy | None:
    for endpoint in elsewhere:
        iam = botocore.session.get_session().create_client("iam", "us-east-1", endpoint_url=endpoint)
        try:
            policy = iam.get_policy(PolicyArn=arn)["Policy"]
            version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            continue
        document = version["Document"]
        return ManagedPolicy(
            policy["PolicyName"],
            account_id=backend.account_id,
            region=backend.region_name,
            document=document if isinstance(document, str) else json.dumps(document),
            path=policy.get("Path", "/"),
        )
    return None
