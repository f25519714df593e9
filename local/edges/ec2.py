"""EC2: how it is read and filtered."""

from collections.abc import Callable
from typing import Any

import moto.ec2.utils
import regex
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.ec2.utils import filter_dict_attribute_mapping

from edges import edge

# Filters that moto does not know.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
edge.add(filter_dict_attribute_mapping, "iam-instance-profile.arn", "iam_instance_profile.Arn")
edge.add(filter_dict_attribute_mapping, "iam-instance-profile.id", "iam_instance_profile.Id")
edge.add(filter_dict_attribute_mapping, "client-token", "client_token")


def filter_takes(value: str, patterns: list[str]) -> bool:
    """`*` is any text, `?` any character, and a backslash takes the next one as it is; moto compares as it stands.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""

    def expression(pattern):
        parts = regex.findall(r"\\.|.", pattern, regex.DOTALL)
        return "".join({"*": ".*", "?": "."}.get(part, regex.escape(part[-1])) for part in parts)

    return any(regex.fullmatch(expression(pattern), value, regex.DOTALL) for pattern in patterns)


@edge(moto.ec2.utils, "instance_value_in_filter_values", "instance_value filter_values")
def with_wildcards(moto_match: Callable[[Any, list[str]], bool]) -> Callable[[Any, list[str]], bool]:
    def match(value, patterns):
        return filter_takes(value, patterns) if isinstance(value, str) else moto_match(value, patterns)

    return match


@edge(EC2Response, "describe_regions", "self")
def describe_regions(moto_call: Callable) -> Callable:
    """Those that are enabled, of this partition; moto shows all that there are.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html"""

    def call(response):
        answer = moto_call(response)
        answer.result["Regions"] = [
            region
            for region in answer.result["Regions"]
            if not region.name.startswith(("cn-", "us-gov-"))
            and (response.params.get("AllRegions") or region.opt_in_status != "not-opted-in")
        ]
        return answer

    return call


@edge(EC2Response, "describe_instances", "self")
def describe_instances(moto_call: Callable) -> Callable:
    """At most 200 filter values a call; ids have their form.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html"""

    def call(response):
        for instance_id in response.params.get("InstanceIds", []):
            if not instance_id.startswith("i-"):
                raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        if sum(len(wanted.get("Values", [])) for wanted in response._get_param("Filters", [])) > 200:
            raise EC2ClientError(
                "FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200"
            )
        return moto_call(response)

    return call
