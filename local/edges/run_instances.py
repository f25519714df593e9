"""RunInstances: client tokens, counts, a profile on each instance, and the checks that dry runs make too."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import regex
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.exceptions import EC2ClientError, InvalidInstanceTypeError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses import EC2Response
from moto.ssm.models import ssm_backends

from edges import edge, starts
from edges.account import ACCOUNT
from edges.profiles import profile_as_ec2_sees_it

launches: dict[tuple[str, str], tuple[str, Any]] = {}  # (region, client token) -> (request, reservation)


@edge(EC2Response, "run_instances", "self")
def run_instances(moto_run: Callable) -> Callable:
    """RunInstances with image parameters, checks that dry runs make too, client tokens, MaxCount, and a profile on each
    instance. moto launches MinCount instances, gives the profile to the first, and forgets the client token."""

    def call(response):
        params, region, ec2 = response.params, response.region, response.ec2_backend
        token, request = params.get("ClientToken"), request_without_token(params)
        if token and not params.get("DryRun") and (region, token) in launches:
            return same_launch_again(response, *launches[region, token], request)
        params["ImageId"] = resolved_image(region, params.get("ImageId"))
        check_parameters(response)
        wanted = params.pop("IamInstanceProfile", None)
        profile = profile_as_ec2_sees_it(region, wanted) if wanted else None
        params["ClientToken"] = token or str(uuid.uuid4())  # moto would show the same made-up token on all instances
        # "the largest possible number of instances between MinCount and MaxCount": here all of them fit.
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
        params["MinCount"] = params["MaxCount"]
        answer = moto_run(response)  # a dry run ends here, by DryRunOperation
        reservation = answer.result
        for instance in reservation.instances:
            if profile:
                ec2.associate_iam_instance_profile(instance.id, iam_instance_profile_arn=profile.arn)
        if token:
            launches[region, token] = request, reservation
        starts.begin(region, reservation.instances, params)
        return answer

    return call


def request_without_token(params: dict[str, Any]) -> str:
    wanted = {name: value for name, value in params.items() if name not in ("ClientToken", "DryRun")}
    return json.dumps(wanted, default=str, sort_keys=True)


def same_launch_again(response: BaseResponse, request_before: str, reservation: Any, request: str) -> ActionResult:
    """The same token and request bring the same instances back, in the states that they have; another request is
    refused.
    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html"""
    if request != request_before:
        raise EC2ClientError(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    # In an answer to RunInstances moto says "pending" of every instance.
    response.RESPONSE_KEY_PATH_TO_TRANSFORMER = {
        path: change
        for path, change in response.RESPONSE_KEY_PATH_TO_TRANSFORMER.items()
        if path != "RunInstances.Reservation.Instances.Instance.State"
    }
    return ActionResult(reservation)


def resolved_image(region: str, image: str | None) -> str | None:
    """Returns an image id as it is, and in place of `resolve:ssm:NAME[:VERSION|:LABEL]` what the parameter holds.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html"""
    if not (image or "").startswith("resolve:ssm:"):
        return image
    name = image.split(":")[2]
    found = ssm_backends[ACCOUNT][region].get_parameters([name])
    if name not in found:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({image}) for parameter imageId is invalid. The specified SSM parameter could not be found",
        )
    return found[name].value


def check_parameters(response: BaseResponse) -> None:
    """Image, type, counts, groups and subnet are looked at in a dry run too; moto checks nothing then, and images and
    types only when told to.
    https://github.com/aws/karpenter-provider-aws/blob/main/pkg/controllers/nodeclass/validation.go"""
    params, ec2 = response.params, response.ec2_backend
    check_token(params.get("ClientToken", ""))
    check_user_data(params.get("UserData", ""))
    check_tags(params)
    if not params.get("LaunchTemplate") and not params.get("ImageId"):
        raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
    if params.get("ImageId"):
        ec2.describe_images(ami_ids=[params["ImageId"]])
    kind = params.get("InstanceType")
    if kind and kind not in {
        offer["InstanceType"] for offer in INSTANCE_TYPE_OFFERINGS["region"].get(response.region, [])
    }:
        raise InvalidInstanceTypeError(kind)
    if not 1 <= params.get("MinCount", 1) <= params.get("MaxCount", 1):
        raise EC2ClientError(
            "InvalidParameterValue", "Value for parameter minCount is invalid: it must be from 1 to maxCount"
        )
    for group in params.get("SecurityGroupIds", []):
        if not ec2.get_security_group_from_id(group):
            raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
    if params.get("SubnetId"):
        ec2.get_subnet(params["SubnetId"])


def check_token(token: str) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (ClientToken)"""
    if len(token) > 64 or not token.isascii():
        raise EC2ClientError("InvalidParameterValue", f"Value ({token}) for parameter clientToken is invalid.")


def check_user_data(user_data: str) -> None:
    """Base64 of at most 16 KB. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    The refusals, word for word: https://github.com/aws/aws-cli/issues/19
    https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go"""
    try:
        raw = base64.b64decode("".join(user_data.split()), validate=True)
    except ValueError:
        raise EC2ClientError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from None
    if len(raw) > 16384:
        raise EC2ClientError("InvalidUserData.Malformed", "User data is limited to 16384 bytes")


def check_tags(params: dict[str, Any]) -> None:
    """What a launch may tag, and with what.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (TagSpecifications)
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions"""
    shown = params.get("MetadataOptions", {}).get("InstanceMetadataTags") == "enabled"
    for specification in params.get("TagSpecifications", []):
        kind, tags = specification.get("ResourceType"), specification.get("Tags", [])
        if kind not in ("instance", "volume", "network-interface", "spot-instances-request"):
            raise EC2ClientError(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )
        if len(tags) > 50:
            raise EC2ClientError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        for key, value in ((tag.get("Key", ""), tag.get("Value", "")) for tag in tags):
            if not 1 <= len(key) <= 128 or len(value) > 256 or key.startswith("aws:"):
                raise EC2ClientError("InvalidParameterValue", f"The tag '{key}' is too long, or reserved")
            plain = regex.fullmatch(r"[0-9a-zA-Z\-_+=,.@:]+", key) and key not in (".", "..", "_index")
            if shown and kind == "instance" and not plain:
                raise EC2ClientError("InvalidParameterValue", f"'{key}' is not a valid tag key.")
